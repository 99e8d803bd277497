import { type Day, formatDay } from '../domain/day.ts';
import { CodedError, type ErrorCode, notFound, quoted } from '../domain/errors.ts';
import { describeInstrument } from '../domain/instrument.ts';
import type { BarHistory, NavHistory } from '../domain/series.ts';
import { NO_HISTORY, type PriceSource } from './price-source.ts';
import { withEvents } from './source-events.ts';
import { failureOf, type SourceFailure } from './source-failures.ts';

/** After these the next source is asked; anything else is a fault of ours and ends the search. */
const NEXT_IS_ASKED: readonly ErrorCode[] = ['NOT_FOUND', 'UPSTREAM_UNAVAILABLE', 'DATA_INVALID'];
const EVENTS_TIMEOUT_MS = 5_000;

export interface SourceListOptions {
  /** How long bars wait for splits and dividends that their own source does not tell. Default 5,000. */
  readonly eventsTimeoutMs?: number | undefined;
}

/**
 * Several sources as one: asks those that can have such an instrument in order, and answers what the first one has,
 * whose name is in the history. Splits and dividends that it does not tell are the next one's that does. When none
 * answers, the failure says what each of them said, with the most telling code: an outage or invalid data before
 * NOT_FOUND, the earlier first. A revision is made of all of theirs, so that a preferred source that gets a series is
 * noticed; there is none where a source may answer that tells none.
 */
export function createSourceList(
  sources: readonly PriceSource[],
  { eventsTimeoutMs = EVENTS_TIMEOUT_MS }: SourceListOptions = {},
): PriceSource {
  const [only, ...more] = sources;
  if (only !== undefined && more.length === 0) return only;

  const barsRevision = (code: string): Promise<string | undefined> =>
    combinedRevision(sourcesOf(code).map((source) => source.barsRevision(code)));
  const navsRevision = (code: string): Promise<string | undefined> =>
    combinedRevision(sourcesOf(code).map((source) => source.navsRevision(code)));

  function sourcesOf(code: string): readonly PriceSource[] {
    const { assetType } = describeInstrument(code);
    return sources.filter(({ assetTypes }) => assetTypes?.includes(assetType) ?? true);
  }

  async function loadBars(code: string, signal: AbortSignal, from?: Day): Promise<BarHistory> {
    const revision = await barsRevision(code);
    const ask = async (source: PriceSource): Promise<BarHistory> => {
      const bars = await source.loadBars(code, signal, from);
      return withRows(bars, bars.columns.day, from);
    };
    const question = { code, signal, ask };
    const { history, source, failures } = await firstAnswer(sourcesOf(code), question);
    const others = sourcesOf(code).filter((each) => each !== source && !isOutage(failures, each));
    const whole = await withEvents(history, { others, signal, timeoutMs: eventsTimeoutMs });
    return { ...whole, revision: revision ?? whole.revision };
  }

  return {
    name: sources.map(({ name }) => name).join(', '),
    barsRevision,
    navsRevision,
    loadBars,
    async loadNavs(code, signal, from) {
      const revision = await navsRevision(code);
      const ask = async (source: PriceSource): Promise<NavHistory> => {
        const navs = await source.loadNavs(code, signal, from);
        return withRows(navs, navs.day, from);
      };
      const { history } = await firstAnswer(sourcesOf(code), { code, signal, ask });
      return { ...history, revision: revision ?? history.revision };
    },
  };
}

interface Question<History> {
  readonly code: string;
  readonly signal: AbortSignal;
  readonly ask: (source: PriceSource) => Promise<History>;
}

interface Answer<History> {
  readonly history: History;
  readonly source: PriceSource;
  /** Of those that were asked before. */
  readonly failures: readonly SourceFailure[];
}

async function firstAnswer<History>(
  sources: readonly PriceSource[],
  { code, signal, ask }: Question<History>,
): Promise<Answer<History>> {
  const failures: SourceFailure[] = [];
  for (const source of sources) {
    signal.throwIfAborted();
    try {
      return { history: await ask(source), source, failures };
    } catch (error) {
      if (!(error instanceof CodedError && NEXT_IS_ASKED.includes(error.code))) throw error;
      failures.push({ name: source.name, error });
    }
  }
  throw failureOf(failures, code) ?? notFound(`no history for ${quoted(code)}: no source has such instruments`);
}

/** Whoever asks from a day on has had rows since: a source without any holds back, and the next one may not. */
function withRows<History>(history: History, { length }: Int32Array, from: Day | undefined): History {
  if (length > 0 || from === undefined) return history;
  const received = `received nothing from ${formatDay(from)} on, of which there was history before`;
  throw new CodedError('UPSTREAM_UNAVAILABLE', received);
}

function isOutage(failures: readonly SourceFailure[], { name }: PriceSource): boolean {
  return failures.some((failure) => failure.name === name && failure.error.code === 'UPSTREAM_UNAVAILABLE');
}

/** Undefined when the answer may be that of a source that cannot tell its revision at a look. */
async function combinedRevision(looks: readonly Promise<string | undefined>[]): Promise<string | undefined> {
  const looked = await Promise.all(looks.map(async (look) => ({ revision: await look.catch(stateOfFailure) })));
  const answering = looked.find(({ revision }) => typeof revision !== 'object' && revision !== NO_HISTORY);
  if (looked.length === 0 || (answering !== undefined && answering.revision === undefined)) return undefined;
  return looked
    .map(({ revision }) => (typeof revision === 'object' ? revision.failure : (revision ?? 'untold')))
    .join(' | ');
}

/** A failure is a state like any other here: the load that it leads to tells what is the matter. */
function stateOfFailure(error: unknown): { readonly failure: string } {
  return { failure: error instanceof CodedError ? error.code : 'failed' };
}
