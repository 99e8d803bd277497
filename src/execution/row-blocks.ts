import { randomBytes } from 'node:crypto';
import type { RowSlice } from '../domain/row-slice.ts';
import type { AnswerPiece } from './answer-piece.ts';
import type { BlockRoom } from './block-room.ts';
import { KeptRows } from './kept-rows.ts';
import { lanesOfSlice } from './row-lanes.ts';
import type { RowPlan } from './row-plan.ts';
import { type RowWriter, type WrittenRows, withoutLastComma } from './write-rows.ts';

interface Use {
  /** Rows written one by one so far. */
  rowsWritten: number;
  kept: KeptRows | undefined;
  /** Whether nothing can be kept: a value somewhere has no text, or it is larger than the room. */
  isHopeless: boolean;
}

interface KnownSeries {
  /** Of no other series that this process has seen or will see. */
  readonly name: string;
  /** By the key of the plan, the latest last. */
  readonly uses: Map<string, Use>;
}

/** What is remembered of one series: keys of plans are as many as clients can think of. */
const MAX_PLANS = 16;

/**
 * Rows of long-lived series as JSON. The first use of a series by a plan is written for itself; as soon as such uses come
 * to all its rows together, the whole series is written once, and whoever comes later gets a part of those bytes, which
 * nobody may change. They go when the room is needed for others, or with the series.
 */
export class RowBlocks {
  readonly #writer: RowWriter;
  readonly #room: BlockRoom | undefined;
  readonly #known = new WeakMap<object, KnownSeries>();
  readonly #gone = new FinalizationRegistry<KnownSeries>(({ uses }) => {
    for (const use of uses.values()) this.#release(use);
  });
  readonly #process = randomBytes(9).toString('base64url');
  #named = 0;

  /** Without a room nothing is kept. */
  constructor(writer: RowWriter, room: BlockRoom | undefined) {
    this.#writer = writer;
    this.#room = room;
  }

  /** Whether the rows of a slice are written already. */
  holds(slice: RowSlice<unknown>, plan: RowPlan): boolean {
    return this.#known.get(slice.series)?.uses.get(plan.key)?.kept !== undefined;
  }

  /** The rows of a slice as JSON with commas between them; undefined when they are answered the ordinary way. */
  rowsOf(slice: RowSlice<unknown>, plan: RowPlan): AnswerPiece | undefined {
    const known = this.#knownOf(slice.series);
    const use = this.#use(known, plan.key);
    const { from, to } = slice;
    const tag = `${known.name} ${plan.key} ${from} ${to}`;
    const rows = use.kept ?? this.#keepIfDue(use, slice, plan);
    if (rows !== undefined) {
      this.#room?.touch(rows);
      return { bytes: rows.part(from, to), series: { tag, kept: { rows, from, to } } };
    }
    const lanes = lanesOfSlice(slice, plan.columns);
    const written = lanes && this.#writer.write(plan, lanes, slice);
    use.rowsWritten += slice.length;
    return written && { bytes: withoutLastComma(written.bytes), series: { tag, kept: undefined } };
  }

  #knownOf(series: object): KnownSeries {
    let known = this.#known.get(series);
    if (known === undefined) {
      this.#named++;
      known = { name: `${this.#process} ${this.#named}`, uses: new Map() };
      this.#known.set(series, known);
      this.#gone.register(series, known);
    }
    return known;
  }

  #use({ uses }: KnownSeries, planKey: string): Use {
    const use = uses.get(planKey) ?? { rowsWritten: 0, kept: undefined, isHopeless: this.#room === undefined };
    uses.delete(planKey);
    uses.set(planKey, use);
    for (const [oldest, forgotten] of uses) {
      if (uses.size <= MAX_PLANS) break;
      uses.delete(oldest);
      this.#release(forgotten);
    }
    return use;
  }

  #keepIfDue(use: Use, slice: RowSlice<unknown>, plan: RowPlan): KeptRows | undefined {
    if (use.isHopeless || use.rowsWritten === 0) return undefined;
    const lanes = lanesOfSlice(slice, plan.columns);
    const seriesLength = lanes?.[0]?.values.length ?? Number.POSITIVE_INFINITY;
    if (lanes === undefined || use.rowsWritten + slice.length < seriesLength) return undefined;
    use.rowsWritten = 0;
    use.kept = this.#keep(use, this.#writer.write(plan, lanes, { from: 0, to: seriesLength, withOffsets: true }));
    use.isHopeless = use.kept === undefined;
    return use.kept;
  }

  #keep(use: Use, written: WrittenRows | undefined): KeptRows | undefined {
    if (written === undefined || this.#room === undefined) return undefined;
    const rows = new KeptRows(written, this.#room, () => {
      use.kept = undefined;
    });
    return this.#room.admit(rows) ? rows : undefined;
  }

  #release({ kept }: Use): void {
    if (kept === undefined) return;
    this.#room?.release(kept);
    kept.release();
  }
}
