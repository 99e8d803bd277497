import { DeadlineError } from '../async/deadline.ts';
import { CodedError, isNotFound } from '../domain/errors.ts';
import type { PriceSource } from './price-source.ts';

/** How a source did when it was last asked; available until it has failed. */
export interface SourceStatus {
  readonly name: string;
  readonly isAvailable: boolean;
  /** Null when it answered, be it that it has no such code. What it has and cannot be used is told here. */
  readonly lastError: string | null;
}

export interface WatchedSource extends PriceSource {
  status(): SourceStatus;
}

/** The same source, which remembers whether it could be asked. */
export function watchSource(source: PriceSource): WatchedSource {
  let isAvailable = true;
  let lastError: string | null = null;

  function seen(): void {
    isAvailable = true;
    lastError = null;
  }

  async function watch<Answer>(answer: Promise<Answer>): Promise<Answer> {
    try {
      const value = await answer;
      // A vendor cannot be looked at: nobody was asked.
      if (value !== undefined) seen();
      return value;
    } catch (error) {
      isAvailable = error instanceof CodedError && error.code !== 'UPSTREAM_UNAVAILABLE';
      lastError = isAvailable && isNotFound(error) ? null : messageOf(error);
      throw error;
    }
  }

  const { loadEvents } = source;
  return {
    name: source.name,
    assetTypes: source.assetTypes,
    loadEvents: loadEvents === undefined ? undefined : (code, signal) => watch(loadEvents(code, signal)),
    loadBars: (code, signal, from) => watch(source.loadBars(code, signal, from)),
    loadNavs: (code, signal, from) => watch(source.loadNavs(code, signal, from)),
    barsRevision: (code) => watch(source.barsRevision(code)),
    navsRevision: (code) => watch(source.navsRevision(code)),
    barsRevisionAtOnce: (code) => {
      const revision = source.barsRevisionAtOnce?.(code);
      if (revision !== undefined) seen();
      return revision;
    },
    status: () => ({ name: source.name, isAvailable, lastError }),
  };
}

/** Only what was written for clients is shown to them. */
function messageOf(error: unknown): string {
  const isForClients = error instanceof CodedError || error instanceof DeadlineError;
  return isForClients ? error.message : 'it failed in an unexpected way';
}
