/**
 * `node cold-use.ts '{"csv": ..., "rounds": ...}'`: the first use of a series, which nothing is kept for, beside row
 * objects and JSON.stringify of the same. Prints a ColdUse as JSON.
 */
import { readFileSync } from 'node:fs';
import { formatDay } from '../../src/domain/day.ts';
import type { BarHistory } from '../../src/domain/series.ts';
import { LOCAL_VIEWER } from '../../src/domain/viewer.ts';
import { createExecution } from '../../src/execution/execution.ts';
import { buildSchema } from '../../src/graphql/schema.ts';
import { BarViews } from '../../src/loaders/bar-views.ts';
import { createSeriesLoaders } from '../../src/loaders/bars.ts';
import { parseBars } from '../../src/sources/folder/parse-bars.ts';
import { ROWS } from './bars-query.ts';
import { median } from './statistics.ts';

export interface ColdUse {
  /** Milliseconds of a whole answer, parsing and executing included, whose series was never written before. */
  readonly answerMs: number;
  /** Milliseconds of making the row objects and JSON.stringify. */
  readonly stringifyMs: number;
}

const USES_A_ROUND = 40;

const { csv, rounds } = JSON.parse(process.argv[2] ?? '{}') as { csv: string; rounds: number };
const columns = parseBars(readFileSync(csv, 'utf8'), csv);
const history: BarHistory = {
  ...{ code: '510300.SH', columns, events: [], areEventsKnown: true, renewal: 'REVISION' },
  ...{ source: 'bench', fetchedAt: 0, revision: 'r1' },
};
const from = columns.day.length - ROWS;
const [start, end] = [columns.day[from] ?? 0, columns.day.at(-1) ?? 0].map(formatDay);
// Without a room nothing is kept, so that every use is a first one.
const execution = createExecution({ schema: buildSchema() });
const query = `{ bars(code: "510300.SH", start: "${start}", end: "${end}") { bars { date open high low close volume amount } } }`;
const standing = { cached: true, stale: false, staleReason: undefined, asOf: undefined };
const read = async () => ({ value: history, ...standing });
const navs = async (): Promise<never> => {
  throw new Error('there are no navs');
};

const [answerMs, stringifyMs]: [number[], number[]] = [[], []];
for (let use = 0; use < 2 * USES_A_ROUND * rounds; use++) {
  const written = await timed(answer);
  const stringified = await timed(stringify);
  if (!Buffer.concat(written.bytes).equals(Buffer.concat(stringified.bytes)))
    throw new Error('received different bytes from both');
  // The first half is for the compiler.
  if (use < USES_A_ROUND * rounds) continue;
  answerMs.push(written.ms);
  stringifyMs.push(stringified.ms);
}
console.log(JSON.stringify({ answerMs: median(answerMs), stringifyMs: median(stringifyMs) } satisfies ColdUse));

/** In pieces, as it leaves. */
async function answer(): Promise<readonly Buffer[]> {
  const loaders = { series: createSeriesLoaders({ bars: read, navs }), views: new BarViews() };
  const contextValue = { viewer: LOCAL_VIEWER, loaders, now: () => 0 };
  const document = execution.parse(query);
  execution.validate(document);
  const { result } = await execution.answer({ document, contextValue });
  const pieces = execution.write(result);
  execution.release(contextValue);
  return pieces.map(({ bytes }) => bytes);
}

async function stringify(): Promise<readonly Buffer[]> {
  const { day, open, high, low, close, volume, amount } = columns;
  const bars: object[] = [];
  for (let at = from; at < day.length; at++) {
    bars.push({
      date: formatDay(day[at] ?? 0),
      open: open[at],
      high: high[at],
      low: low[at],
      close: close[at],
      volume: volume[at],
      amount: amount[at],
    });
  }
  return [Buffer.from(JSON.stringify({ data: { bars: { bars } } }))];
}

interface Timed {
  readonly ms: number;
  readonly bytes: readonly Buffer[];
}

async function timed(make: () => Promise<readonly Buffer[]>): Promise<Timed> {
  const startedAt = performance.now();
  const bytes = await make();
  return { ms: performance.now() - startedAt, bytes };
}
