/**
 * Loaded before a program (`NODE_OPTIONS=--import`), it watches the program's event loop and memory. On SIGUSR2 it prints
 * `loop-probe N {...}`, what it saw since the last time, and begins anew.
 */

const RSS_EVERY_TICKS = 20;

let [heldMs, rss, rssAtStart, printed, ticks] = [[] as number[], 0, process.memoryUsage.rss(), 0, 0];
let before = process.threadCpuUsage();

// Between two ticks lies one turn of the loop, and what it cost the thread. A machine that is busy with other things
// costs it nothing.
setInterval(() => {
  const { user, system } = process.threadCpuUsage(before);
  before = process.threadCpuUsage();
  heldMs.push((user + system) / 1000);
  if (ticks++ % RSS_EVERY_TICKS === 0) rss = Math.max(rss, process.memoryUsage.rss());
}, 1).unref();

process.on('SIGUSR2', () => {
  const longest = heldMs.sort((left, right) => right - left).slice(0, 5);
  const report = { longest, turns: heldMs.length, rssAtStart, rss };
  process.stdout.write(`loop-probe ${printed++} ${JSON.stringify(report)}\n`);
  [heldMs, rss, rssAtStart] = [[], 0, process.memoryUsage.rss()];
});
