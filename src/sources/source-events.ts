import { createHash } from 'node:crypto';
import { DeadlineError, withDeadline } from '../async/deadline.ts';
import { CodedError } from '../domain/errors.ts';
import type { BarHistory, CorporateEvent } from '../domain/series.ts';
import type { PriceSource } from './price-source.ts';

export interface EventsQuestion {
  /** Other sources that can have the instrument, the preferred first. */
  readonly others: readonly PriceSource[];
  readonly signal: AbortSignal;
  /** Milliseconds for all of them together. */
  readonly timeoutMs: number;
}

/**
 * The same bars with their splits and dividends, where their own source does not tell them, from the first other one
 * that does. Where none does, or none in time, the bars stay as they are: what they lack is told with them. Fails with
 * the signal's reason, and with what is a fault of ours.
 */
export async function withEvents(
  history: BarHistory,
  { others, signal, timeoutMs }: EventsQuestion,
): Promise<BarHistory> {
  if (history.areEventsKnown) return history;
  const asked = (limit: AbortSignal) => firstEvents(others, history.code, limit);
  const events = await withDeadline(asked, { timeoutMs, signal }).catch((error: unknown): undefined => {
    if (!(error instanceof DeadlineError)) throw error;
  });
  if (events === undefined) return history;
  return { ...history, events, areEventsKnown: true, revision: revisionWith(events, history.revision) };
}

async function firstEvents(
  sources: readonly PriceSource[],
  code: string,
  signal: AbortSignal,
): Promise<readonly CorporateEvent[] | undefined> {
  for (const source of sources) {
    signal.throwIfAborted();
    const events = await source.loadEvents?.(code, signal).catch((error: unknown): undefined => {
      if (!(error instanceof CodedError)) throw error;
    });
    if (events !== undefined) return events;
  }
  return undefined;
}

/** An event that was announced since makes another history of the same bars. */
function revisionWith(events: readonly CorporateEvent[], revision: string): string {
  return createHash('sha256').update(revision).update(JSON.stringify(events)).digest('base64url').slice(0, 22);
}
