import type { RowSlice } from '../domain/row-slice.ts';
import { lanesOfSlice } from './row-lanes.ts';
import type { RowPlan } from './row-plan.ts';
import { type WrittenRows, writeRows } from './write-rows.ts';

/** Something that takes up room and can be told to go. */
export interface RoomGuest {
  readonly sizeBytes: number;
  /** Called once, when the room is needed for others. */
  evict(): void;
}

/** A room of bounded size for blocks. */
export interface BlockRoom {
  /** False, and nothing has changed, when the guest is larger than the room. */
  admit(guest: RoomGuest): boolean;
  /** Marks a guest as used now. */
  touch(guest: RoomGuest): void;
  release(guest: RoomGuest): void;
}

/** All rows of a series as one selection asks for them. */
interface Block extends RoomGuest {
  readonly bytes: Buffer;
  readonly offsets: Uint32Array;
}

interface Use {
  /** Rows written one by one so far. */
  rowsWritten: number;
  block: Block | undefined;
  /** Whether there can be no block: a value somewhere has no text, or it is larger than the room. */
  isHopeless: boolean;
}

/** The uses of one series by the key of the plan, the latest last. */
type UsesOfSeries = Map<string, Use>;

/** What is remembered of one series: keys of plans are as many as clients can think of. */
const MAX_PLANS = 16;

/**
 * Rows of long-lived series as JSON. The first use of a series by a plan is written for itself; as soon as such uses come
 * to all its rows together, the whole series is written once, and whoever comes later gets a part of those bytes, which
 * nobody may change. They go when the room is needed for others, or with the series.
 */
export class RowBlocks {
  readonly #room: BlockRoom | undefined;
  readonly #usesOf = new WeakMap<object, UsesOfSeries>();
  readonly #gone = new FinalizationRegistry<UsesOfSeries>((uses) => {
    for (const use of uses.values()) this.#release(use);
  });

  /** Without a room no block is kept. */
  constructor(room: BlockRoom | undefined) {
    this.#room = room;
  }

  /** Whether the rows of a slice are written already. */
  holds(slice: RowSlice<unknown>, plan: RowPlan): boolean {
    return this.#usesOf.get(slice.series)?.get(plan.key)?.block !== undefined;
  }

  /** The rows of a slice as JSON, each with a comma behind it; undefined when they are answered the ordinary way. */
  rowsOf(slice: RowSlice<unknown>, plan: RowPlan): Buffer | undefined {
    const use = this.#use(slice.series, plan.key);
    const block = use.block ?? this.#blockIfDue(use, slice, plan);
    if (block !== undefined) {
      this.#room?.touch(block);
      return block.bytes.subarray(block.offsets[slice.from], block.offsets[slice.to]);
    }
    const lanes = lanesOfSlice(slice, plan.columns);
    const written = lanes && writeRows(plan, lanes, slice);
    use.rowsWritten += slice.length;
    return written?.bytes;
  }

  #use(series: object, planKey: string): Use {
    let uses = this.#usesOf.get(series);
    if (uses === undefined) {
      uses = new Map();
      this.#usesOf.set(series, uses);
      this.#gone.register(series, uses);
    }
    const use = uses.get(planKey) ?? { rowsWritten: 0, block: undefined, isHopeless: this.#room === undefined };
    uses.delete(planKey);
    uses.set(planKey, use);
    for (const [oldest, forgotten] of uses) {
      if (uses.size <= MAX_PLANS) break;
      uses.delete(oldest);
      this.#release(forgotten);
    }
    return use;
  }

  #blockIfDue(use: Use, slice: RowSlice<unknown>, plan: RowPlan): Block | undefined {
    if (use.isHopeless || use.rowsWritten === 0) return undefined;
    const lanes = lanesOfSlice(slice, plan.columns);
    const seriesLength = lanes?.[0]?.values.length ?? Number.POSITIVE_INFINITY;
    if (lanes === undefined || use.rowsWritten + slice.length < seriesLength) return undefined;
    use.rowsWritten = 0;
    use.block = this.#build(use, writeRows(plan, lanes, { from: 0, to: seriesLength, withOffsets: true }));
    use.isHopeless = use.block === undefined;
    return use.block;
  }

  #build(use: Use, written: WrittenRows | undefined): Block | undefined {
    if (written === undefined) return undefined;
    // Only the bytes that are used: they are kept for long.
    const bytes = Buffer.allocUnsafeSlow(written.bytes.length);
    written.bytes.copy(bytes);
    const { offsets } = written;
    const evict = (): void => {
      use.block = undefined;
    };
    const block = { bytes, offsets, sizeBytes: bytes.length + offsets.byteLength, evict };
    return this.#room?.admit(block) === true ? block : undefined;
  }

  #release(use: Use): void {
    if (use.block !== undefined) this.#room?.release(use.block);
  }
}
