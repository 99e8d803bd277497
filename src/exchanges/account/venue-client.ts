import type { Clock } from '../../async/clock.ts';
import { type RestClient, RestFailure } from '../../transport/rest-client.ts';
import type { Credentials, VenueAnswer, VenuePage, VenueRequest, VenueRest } from '../venue-account.ts';

/** NOT_SENT: the request certainly never left this machine. */
export type Asked<Value> = VenueAnswer<Value> | { readonly type: 'NOT_SENT'; readonly reason: string };

export interface VenueClientOptions {
  readonly rest: VenueRest;
  readonly http: RestClient;
  readonly credentials: Credentials;
  readonly clock: Clock;
}

/** A list that a venue answers page by page is longer than it can be. */
const MOST_PAGES = 600;

/** The signed requests of one account. Nothing is sent twice. */
export class VenueClient {
  readonly #options: VenueClientOptions;

  constructor(options: VenueClientOptions) {
    this.#options = options;
  }

  /** Never rejects: what went wrong on the way is an answer, too. */
  async ask<Value>(request: VenueRequest<Value>): Promise<Asked<Value>> {
    const { rest, http, credentials, clock } = this.#options;
    const { method, target, body } = request;
    const headers = { ...request.headers, ...rest.sign(request, credentials, clock.now()) };
    try {
      return request.read(await http.send({ method, target, body, headers }));
    } catch (error) {
      if (!(error instanceof RestFailure)) throw error;
      return { type: error.wasSent === 'NO' ? 'NOT_SENT' : 'UNCLEAR', reason: error.message };
    }
  }

  /** The items of all pages. Rejects with a VenueUnreadable when one of them is not to be had. */
  async askAll<Item>(requestOf: (after: string | undefined) => VenueRequest<VenuePage<Item>>): Promise<Item[]> {
    const items: Item[] = [];
    let after: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      const { items: more, next } = await this.askFor(requestOf(after));
      items.push(...more);
      if (next === undefined || next === after) return items;
      after = next;
    }
    throw new VenueUnreadable(`received more than ${MOST_PAGES} pages of one list`);
  }

  /** What the venue answers. Rejects with a VenueUnreadable when that is not what was asked for. */
  async askFor<Value>(request: VenueRequest<Value>): Promise<Value> {
    const answer = await this.ask(request);
    if (answer.type === 'DONE') return answer.value;
    throw new VenueUnreadable(`${request.method} ${pathOf(request)}: ${answer.reason}`);
  }
}

/** A venue could not be asked what has to be known. */
export class VenueUnreadable extends Error {
  override readonly name = 'VenueUnreadable';
}

function pathOf({ target }: { readonly target: string }): string {
  return target.split('?', 1)[0] ?? '';
}
