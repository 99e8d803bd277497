/**
 * `node normalize.ts '{"rounds": ...}'`: an OKX trade frame normalized, beside its JSON.parse. Prints a NormalizeCost as
 * JSON.
 */
import { readFrame } from '../../src/exchanges/okx/normalize.ts';
import { median } from './statistics.ts';

export interface NormalizeCost {
  /** Of each round, the time of a frame normalized divided by the time of its JSON.parse. */
  readonly ratios: readonly number[];
  readonly normalizeMicroseconds: number;
  readonly parseMicroseconds: number;
}

/** Short, so that hardly any slice is interrupted by what else the machine does. */
const FRAMES_A_SLICE = 200;
const SLICES_A_ROUND = 500;
/** For the compiler, which works in another thread and may have to wait for a core. */
const WARM_UP_ROUNDS = 5;
/** One frame for each print, with other texts in each, so that nothing is remembered of the one before. */
const FRAMES = Array.from({ length: FRAMES_A_SLICE }, (_, index) => {
  const price = (30_000 + index / 10).toFixed(1);
  const size = (0.001 + index / 1e4).toFixed(8);
  return `{"arg":{"channel":"trades","instId":"BTC-USDT"},"data":[{"instId":"BTC-USDT","tradeId":"${130_639_474 + index}","px":"${price}","sz":"${size}","side":"${index % 2 === 0 ? 'buy' : 'sell'}","ts":"${1_750_000_000_000 + index}","count":"3","source":"0","seqId":${index}}]}`;
});

const { rounds } = JSON.parse(process.argv[2] ?? '{}') as { rounds: number };
let prints = 0;
let kept: unknown;

const [ratios, normalized, parsed]: [number[], number[], number[]] = [[], [], []];
for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
  const [own, bare]: [number[], number[]] = [[], []];
  // In slices by turns, so that what else the machine does falls on both.
  for (let slice = 0; slice < SLICES_A_ROUND; slice++) {
    own.push(microsecondsOf(normalize));
    bare.push(microsecondsOf(parse));
  }
  if (round < 0) continue;
  normalized.push(median(own));
  parsed.push(median(bare));
  ratios.push(median(own) / median(bare));
}
const wanted = FRAMES_A_SLICE * SLICES_A_ROUND * (rounds + WARM_UP_ROUNDS);
if (prints !== wanted || kept === undefined) throw new Error(`received ${prints} prints, wanted ${wanted}`);
console.log(
  JSON.stringify({
    ratios,
    normalizeMicroseconds: median(normalized),
    parseMicroseconds: median(parsed),
  } satisfies NormalizeCost),
);

function normalize(text: string): void {
  for (const event of readFrame(text, 1_750_000_000_000)) {
    if (event.type === 'PRINT') prints++;
    kept = event;
  }
}

function parse(text: string): void {
  kept = JSON.parse(text);
}

/** Of one frame. */
function microsecondsOf(handle: (text: string) => void): number {
  const startedAt = performance.now();
  for (const frame of FRAMES) handle(frame);
  return ((performance.now() - startedAt) * 1000) / FRAMES_A_SLICE;
}
