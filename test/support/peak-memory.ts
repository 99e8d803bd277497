import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Makes a program tell how much memory it had at most. */
export interface PeakMemory {
  /** What the program is started with. */
  readonly environment: Readonly<Record<string, string>>;
  /** Once the program has ended. */
  bytes(): number;
}

/** For a program that runs in the folder. */
export function peakMemory(folder: string): PeakMemory {
  const preload = join(folder, 'measure.mjs');
  writeFileSync(preload, MEASURE_PEAK);
  return {
    environment: { NODE_OPTIONS: `--import=${pathToFileURL(preload)}` },
    bytes: () => Number(readFileSync(join(folder, 'peak'), 'utf8')) * 1024,
  };
}

/** Writes kB. The maxRSS of Linux counts what the parent held when it forked; VmHWM starts with the program. */
const MEASURE_PEAK = `
import { readFileSync, writeFileSync } from 'node:fs';
process.on('exit', () => {
  const peak = process.platform === 'linux'
    ? /VmHWM:\\s*(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]
    : process.resourceUsage().maxRSS;
  writeFileSync('peak', String(peak));
});
`;
