import type { ContractTerms } from '../domain/contract.ts';
import type { VenueAnswer, VenuePage } from './venue-account.ts';

/** How a venue says what it lists, to everybody. No I/O, no clock: targets out, answers in. */
export interface VenueContracts {
  /** Scheme, host and port of the requests; the venue's own, the configuration may name another. */
  readonly url: string;
  /** The lists that together hold all contracts: one a market, where the venue answers them apart. */
  readonly lists: readonly VenueContractList[];
}

/** One list of a venue: a single answer, or pages. */
export interface VenueContractList {
  /** What messages call it: SPOT. */
  readonly name: string;
  /** The request for the first page, or for the one at `after`, the `next` of the page before. */
  page(after?: string): VenueListRequest;
}

/** Sent with GET, unsigned. */
export interface VenueListRequest {
  /** Path and query. */
  readonly target: string;
  /**
   * What the answer says. Never throws, whatever came in. All or nothing: without one of its rows a list would look as if
   * the contract were gone. What a row does not say of a contract is null; a row without a name is unreadable.
   */
  read(answer: { readonly status: number; readonly text: string }): VenueAnswer<VenuePage<ContractTerms>>;
}
