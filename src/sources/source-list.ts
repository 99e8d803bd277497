import { CodedError, type ErrorCode, notFound, quoted } from '../domain/errors.ts';
import type { PriceSource } from './price-source.ts';

/** After these the next source is asked; anything else is a fault of ours and ends the search. */
const NEXT_IS_ASKED: readonly ErrorCode[] = ['NOT_FOUND', 'UPSTREAM_UNAVAILABLE', 'DATA_INVALID'];

/**
 * Several sources as one: asks them in order and answers what the first one has, whose name is in the history. When
 * none answers, the most telling failure is thrown: an outage or invalid data before NOT_FOUND, the earlier first. A
 * revision is made of all of theirs, so that a preferred source that gets a series is noticed.
 */
export function createSourceList(sources: readonly PriceSource[]): PriceSource {
  const [only, ...others] = sources;
  if (only !== undefined && others.length === 0) return only;

  const barsRevision = (code: string): Promise<string | undefined> =>
    combinedRevision(sources.map((source) => source.barsRevision(code)));
  const navsRevision = (code: string): Promise<string | undefined> =>
    combinedRevision(sources.map((source) => source.navsRevision(code)));

  return {
    name: sources.map(({ name }) => name).join(', '),
    barsRevision,
    navsRevision,
    async loadBars(code, signal, from) {
      const revision = await barsRevision(code);
      const ask = (source: PriceSource) => source.loadBars(code, signal, from);
      const history = await firstAnswer(sources, { code, signal, ask });
      return { ...history, revision: revision ?? history.revision };
    },
    async loadNavs(code, signal, from) {
      const revision = await navsRevision(code);
      const ask = (source: PriceSource) => source.loadNavs(code, signal, from);
      const history = await firstAnswer(sources, { code, signal, ask });
      return { ...history, revision: revision ?? history.revision };
    },
  };
}

interface Question<History> {
  readonly code: string;
  readonly signal: AbortSignal;
  readonly ask: (source: PriceSource) => Promise<History>;
}

async function firstAnswer<History>(
  sources: readonly PriceSource[],
  { code, signal, ask }: Question<History>,
): Promise<History> {
  let telling: CodedError | undefined;
  for (const source of sources) {
    signal.throwIfAborted();
    try {
      return await ask(source);
    } catch (error) {
      if (!(error instanceof CodedError && NEXT_IS_ASKED.includes(error.code))) throw error;
      if (telling === undefined || (telling.code === 'NOT_FOUND' && error.code !== 'NOT_FOUND')) telling = error;
    }
  }
  throw telling ?? notFound(`no history for ${quoted(code)}: no source is configured`);
}

/** Undefined when no source can tell its revision at a look. */
async function combinedRevision(looks: readonly Promise<string | undefined>[]): Promise<string | undefined> {
  const revisions = await Promise.all(looks.map((look) => look.catch(revisionOfFailure)));
  const isTelling = revisions.some((revision) => revision !== undefined);
  return isTelling ? revisions.map((revision) => revision ?? 'untold').join(' | ') : undefined;
}

/** A failure is a state like any other here: the load that it leads to tells what is the matter. */
function revisionOfFailure(error: unknown): string {
  return error instanceof CodedError ? error.code : 'failed';
}
