import { RestFailure } from '../../transport/rest-client.ts';
import type { RestRequest } from '../../transport/rest-exchange.ts';
import { isHarmlessTwice } from '../../transport/rest-rules.ts';
import type { RestScheduler, ScheduledRequest } from '../../transport/rest-scheduler.ts';
import type { Credentials, VenueAnswer, VenuePage, VenueRequest, VenueRest } from '../venue-account.ts';

/** NOT_SENT: the request certainly never left this machine. */
export type Asked<Value> = VenueAnswer<Value> | { readonly type: 'NOT_SENT'; readonly reason: string };

export interface VenueClientOptions {
  readonly rest: VenueRest;
  readonly http: Pick<RestScheduler, 'send' | 'measureClock' | 'toVenueTime'>;
  readonly credentials: Credentials;
}

/** How one request is sent. */
export type AskOptions = Pick<ScheduledRequest, 'deadlineAt' | 'hold' | 'signal' | 'mostRepeats'>;

/** A list that a venue answers page by page is longer than it can be. */
const MOST_PAGES = 600;
const PAGE_REPEATS = 3;
const NO_CONTENT = 204;

/** The signed requests of one account. What places an order is never sent twice. */
export class VenueClient {
  readonly #options: VenueClientOptions;

  constructor(options: VenueClientOptions) {
    this.#options = options;
  }

  /** Never rejects: what went wrong on the way is an answer, too. */
  async ask<Value>(request: VenueRequest<Value>, options: AskOptions = {}): Promise<Asked<Value>> {
    const { rest, http } = this.#options;
    const answer = await this.#ask(request, options);
    if (answer.type === 'NOT_FOUND' && request.otherwise !== undefined) return this.ask(request.otherwise, options);
    const isClockFault = answer.type === 'REFUSED' && rest.clockFaultCodes?.includes(answer.code ?? '');
    if (!isClockFault) return answer;
    const measured = http.measureClock();
    if (!isHarmlessTwice(request)) return answer;
    await measured;
    return this.#ask(request, options);
  }

  /** An instant of our clock by the venue's. */
  toVenueTime(at: number): number {
    return this.#options.http.toVenueTime(at);
  }

  /**
   * The items of all pages; none when the list `mayBeMissing` and the venue does not have it. Rejects with a
   * VenueUnreadable when one of them is not to be had.
   */
  async askAll<Item>(
    requestOf: (after: string | undefined) => VenueRequest<VenuePage<Item>>,
    mayBeMissing = false,
  ): Promise<Item[]> {
    const items: Item[] = [];
    let after: string | undefined;
    for (let page = 0; page < MOST_PAGES; page++) {
      // Without repeats, a list of many pages would have to be begun again for a hiccup at one of them.
      const request = requestOf(after);
      const answer = await this.ask(request, page === 0 ? {} : { mostRepeats: PAGE_REPEATS });
      if (answer.type === 'NOT_FOUND' && mayBeMissing) return items;
      const { items: more, next } = answeredValue(request, answer);
      items.push(...more);
      if (next === undefined || next === after) return items;
      after = next;
    }
    throw new VenueUnreadable(`received more than ${MOST_PAGES} pages of one list`);
  }

  /** What the venue answers. Rejects with a VenueUnreadable when that is not what was asked for. */
  async askFor<Value>(request: VenueRequest<Value>, options?: AskOptions): Promise<Value> {
    return answeredValue(request, await this.ask(request, options));
  }

  async #ask<Value>(request: VenueRequest<Value>, options: AskOptions): Promise<Asked<Value>> {
    const { method, target, priority, isIdempotent, pool, weight } = request;
    try {
      const { status, text } = await this.#options.http.send({
        ...{ method, target, priority, isIdempotent, pool, weight, ...options },
        compose: (venueNow) => this.#compose(request, venueNow),
      });
      return request.read({ status, text: status === NO_CONTENT ? 'null' : text });
    } catch (error) {
      if (!(error instanceof RestFailure)) throw error;
      return { type: error.wasSent === 'NO' ? 'NOT_SENT' : 'UNCLEAR', reason: error.message };
    }
  }

  #compose(request: VenueRequest<unknown>, venueNow: number): RestRequest {
    const { rest, credentials } = this.#options;
    const { method, target, body } = rest.complete?.(request, credentials, venueNow) ?? request;
    const { expiresAt } = request;
    const headers = { ...request.headers, ...rest.sign({ method, target, body, expiresAt }, credentials, venueNow) };
    return { method, target, body, headers };
  }
}

/** A venue could not be asked what has to be known. */
export class VenueUnreadable extends Error {
  override readonly name = 'VenueUnreadable';
}

function answeredValue<Value>(request: VenueRequest<Value>, answer: Asked<Value>): Value {
  if (answer.type === 'DONE') return answer.value;
  throw new VenueUnreadable(`${request.method} ${pathOf(request)}: ${answer.reason}`);
}

function pathOf({ target }: { readonly target: string }): string {
  return target.split('?', 1)[0] ?? '';
}
