/**
 * A backtest of one idea: hold while the average of the last `--short` closes is above that of the last `--long` ones.
 * Reads CODE.csv of the folder `--bars` (unadjusted daily bars), trades at the close, and counts no costs. Prints a line
 * for each year and reports its progress. It needs nothing but Node and the file itself, so that it can be copied and
 * changed.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';

interface Bar {
  /** YYYY-MM-DD. */
  readonly date: string;
  readonly close: number;
}

/** What a day or a stretch of days made of one unit of money. */
interface Result {
  readonly growth: number;
  readonly trades: number;
  /** The deepest fall from a high before it, as a fraction of the high. */
  readonly drawdown: number;
}

interface Day {
  readonly date: string;
  readonly growth: number;
  readonly isTrade: boolean;
}

const { values } = parseArgs({
  options: {
    bars: { type: 'string', default: '.' },
    code: { type: 'string', default: '510300.SH' },
    short: { type: 'string', default: '20' },
    long: { type: 'string', default: '60' },
    'pause-ms': { type: 'string', default: '0' },
  },
});

process.exitCode = await run().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  return 1;
});

async function run(): Promise<number> {
  const [short, long] = [Number(values.short), Number(values.long)];
  if (!(short >= 1 && short < long))
    throw new Error(`received short ${short} and long ${long}, wanted short below long`);
  const days = backtest(await readBars(join(values.bars, `${values.code}.csv`)), { short, long });
  if (days.length === 0) throw new Error(`there are fewer than ${long + 1} bars of ${values.code}`);

  print(`${values.code}, ${short} against ${long} days, ${days.at(0)?.date} to ${days.at(-1)?.date}`);
  print('year    trades    return  drawdown');
  const years = [...Map.groupBy(days, ({ date }) => date.slice(0, 4))];
  for (const [index, [year, ofYear]] of years.entries()) {
    print(row(year, resultOf(ofYear)));
    print(`::progress ${JSON.stringify({ fraction: (index + 1) / years.length, message: year })}`);
    await delay(Number(values['pause-ms']));
  }
  print(row('all', resultOf(days)));
  return 0;
}

async function readBars(path: string): Promise<Bar[]> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new Error(`there is no file ${path}`);
  });
  const [header = '', ...rows] = text.trimEnd().split('\n');
  const column = header.split(',').indexOf('close');
  return rows.map((line) => {
    const cells = line.split(',');
    return { date: cells[0] ?? '', close: Number(cells[column]) };
  });
}

/** What is held over a day is decided by the closes before it. */
function backtest(bars: readonly Bar[], { short, long }: { short: number; long: number }): Day[] {
  const sums = [0];
  for (const { close } of bars) sums.push((sums.at(-1) ?? 0) + close);
  const averageBefore = (index: number, length: number): number =>
    ((sums[index] ?? 0) - (sums[index - length] ?? 0)) / length;
  let isHeld = false;
  return bars.slice(long).map(({ date, close }, index) => {
    const at = index + long;
    const wasHeld = isHeld;
    isHeld = averageBefore(at, short) > averageBefore(at, long);
    return { date, growth: isHeld ? close / (bars[at - 1]?.close ?? close) : 1, isTrade: isHeld !== wasHeld };
  });
}

function resultOf(days: readonly Day[]): Result {
  let growth = 1;
  let high = 1;
  let drawdown = 0;
  for (const day of days) {
    growth *= day.growth;
    high = Math.max(high, growth);
    drawdown = Math.max(drawdown, 1 - growth / high);
  }
  return { growth, trades: days.filter(({ isTrade }) => isTrade).length, drawdown };
}

function row(name: string, { growth, trades, drawdown }: Result): string {
  const percent = (fraction: number): string => `${(fraction * 100).toFixed(1)}%`.padStart(10);
  return `${name.padEnd(8)}${String(trades).padStart(6)}${percent(growth - 1)}${percent(drawdown)}`;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
