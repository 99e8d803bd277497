import type { Clock } from '../../async/clock.ts';
import type { ContractTerms } from '../../domain/contract.ts';
import { CodedError } from '../../domain/errors.ts';
import { type RestClient, RestFailure } from '../../transport/rest-client.ts';
import type { VenuePage } from '../venue-account.ts';
import type { VenueContracts, VenueListRequest } from '../venue-contracts.ts';

export interface ContractFetchOptions {
  readonly venue: VenueContracts;
  readonly http: Pick<RestClient, 'send'>;
  readonly clock: Clock;
  /** For all lists with all of their pages. */
  readonly timeoutMs: number;
  /** Gives up what is under way. */
  readonly signal: AbortSignal;
}

/** A list that a venue answers page by page is longer than it can be. */
const MOST_PAGES = 200;

/**
 * Everything that a venue lists, one page after the other. Fails with UPSTREAM_UNAVAILABLE when a part of it is not to be
 * had in time, and when there is nothing at all: a venue that lists nothing has a fault.
 */
export async function fetchContracts(options: ContractFetchOptions): Promise<readonly ContractTerms[]> {
  const { venue, clock, timeoutMs, signal } = options;
  const deadline = new AbortController();
  const reason = new Error(`received no whole list within ${timeoutMs} ms`);
  const cancel = clock.after(timeoutMs, () => deadline.abort(reason));
  try {
    const both = { ...options, signal: AbortSignal.any([signal, deadline.signal]) };
    const contracts = new Map<string, ContractTerms>();
    for (const { name, page } of venue.lists) {
      let after: string | undefined;
      for (let pages = 0; ; pages++) {
        if (pages === MOST_PAGES) throw unfit(`received more than ${MOST_PAGES} pages of ${name}, wanted an end`);
        const { items, next } = await askFor(page(after), both);
        for (const each of items) contracts.set(each.symbol, each);
        if (next === undefined || next === after) break;
        after = next;
      }
    }
    if (contracts.size === 0) throw unfit('received a list without contracts, wanted at least one');
    return [...contracts.values()];
  } finally {
    cancel();
  }
}

async function askFor(
  { target, read }: VenueListRequest,
  { http, signal }: ContractFetchOptions,
): Promise<VenuePage<ContractTerms>> {
  const [path] = target.split('?', 1);
  try {
    const answer = read(await http.send({ method: 'GET', target, headers: {}, body: '', signal }));
    if (answer.type === 'DONE') return answer.value;
    throw unfit(`GET ${path}: ${answer.reason}`);
  } catch (error) {
    if (!(error instanceof RestFailure)) throw error;
    throw unfit(`GET ${path}: ${error.message}`);
  }
}

function unfit(reason: string): CodedError {
  return new CodedError('UPSTREAM_UNAVAILABLE', reason);
}
