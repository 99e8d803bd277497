import type { RatePool } from './rate-pool.ts';
import { REST_PRIORITIES, type RestPriority } from './rest-rules.ts';

/** What waits to be sent. */
export interface Waiter {
  readonly priority: RestPriority;
  readonly pool: RatePool | undefined;
  readonly weight: number;
}

interface Lane<Entry> {
  readonly entries: Set<Entry>;
  /** Sent before, and sent again ahead of the others. */
  readonly repeated: Set<Entry>;
}

type Found<Entry> =
  | { readonly type: 'ENTRY'; readonly entry: Entry }
  /** None may go before that, in milliseconds since the epoch; infinity: none waits that ever may by itself. */
  | { readonly type: 'WAIT'; readonly until: number };

/**
 * Those who wait, by priority and by what limits them: one that has to wait for its pool keeps nobody of another pool
 * waiting. Within a lane they go in the order in which they came.
 */
export class RestLanes<Entry extends Waiter> {
  readonly #lanes: ReadonlyMap<RestPriority, Map<RatePool | undefined, Lane<Entry>>> = new Map(
    REST_PRIORITIES.map((priority) => [priority, new Map()]),
  );

  add(entry: Entry, isRepeated: boolean): void {
    const { priority, pool } = entry;
    const lanes = this.#lanes.get(priority);
    const lane = lanes?.get(pool) ?? { entries: new Set(), repeated: new Set() };
    lanes?.set(pool, lane);
    (isRepeated ? lane.repeated : lane.entries).add(entry);
  }

  remove(entry: Entry): void {
    const lanes = this.#lanes.get(entry.priority);
    const lane = lanes?.get(entry.pool);
    if (lane === undefined) return;
    lane.entries.delete(entry);
    lane.repeated.delete(entry);
    if (lane.entries.size + lane.repeated.size === 0) lanes?.delete(entry.pool);
  }

  /** All of a priority. */
  of(priority: RestPriority): Entry[] {
    const lanes = [...(this.#lanes.get(priority)?.values() ?? [])];
    return lanes.flatMap(({ entries, repeated }) => [...repeated, ...entries]);
  }

  /** Who goes next of the priorities that may; of several pools that have room the one that waits longest. */
  next(now: number, priorities: readonly RestPriority[]): Found<Entry> {
    let until = Number.POSITIVE_INFINITY;
    for (const priority of priorities) {
      const lanes = this.#lanes.get(priority) ?? new Map<RatePool | undefined, Lane<Entry>>();
      for (const [pool, { entries, repeated }] of lanes) {
        const [entry] = repeated.size > 0 ? repeated : entries;
        if (entry === undefined) continue;
        const readyAt = pool?.readyAt(entry.weight, now) ?? now;
        if (readyAt <= now) {
          this.#moveLast(lanes, pool);
          return { type: 'ENTRY', entry };
        }
        until = Math.min(until, readyAt);
      }
    }
    return { type: 'WAIT', until };
  }

  /** So that pools take turns. */
  #moveLast(lanes: Map<RatePool | undefined, Lane<Entry>>, pool: RatePool | undefined): void {
    const lane = lanes.get(pool);
    if (lane === undefined) return;
    lanes.delete(pool);
    lanes.set(pool, lane);
  }
}
