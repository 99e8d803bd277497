import { Backoff } from '../async/backoff.ts';
import { type RestClient, RestFailure } from './rest-client.ts';
import type { RestMethod, RestRequest, RestResponse, WasSent } from './rest-exchange.ts';
import { RestRefusal } from './rest-refusal.ts';
import { isHarmlessTwice, type RestTreatment } from './rest-rules.ts';
import { retryAfterMs } from './retry-after.ts';

const MOST_DELAY_MS = 30_000;
const REPEATABLE_STATUSES: readonly number[] = [408, 425, 429];

/** One attempt, for the log. Without query, headers and body. */
export interface AttemptReport {
  readonly method: RestMethod;
  readonly path: string;
  /** Null: no whole answer came. */
  readonly status: number | null;
  /** Milliseconds. */
  readonly latencyMs: number;
  /** From 1. */
  readonly attempt: number;
  /** Why no answer came; null when one did. */
  readonly failure: string | null;
}

export interface AttemptsOptions {
  readonly client: RestClient;
  readonly now: () => number;
  /** Numbers from 0 to below 1. */
  readonly random: () => number;
  /** How often it may be sent again. */
  readonly mostRepeats: number;
  /** Until when it must have been sent for the last time. */
  readonly deadlineAt: number;
  /** Of whoever asked. */
  readonly signal?: AbortSignal | undefined;
  /** What is sent now: signed anew for each attempt. */
  readonly compose: () => RestRequest;
  /** What an answer says beside itself. Answers until when no more are taken, if it was one too many. */
  readonly learn: (response: RestResponse) => number | undefined;
  readonly report: (attempt: AttemptReport, sent: RestRequest, response: RestResponse | undefined) => void;
}

/** The attempts of one request, and what they come to. */
export class RestAttempts {
  readonly #request: RestTreatment & Pick<RestRequest, 'method' | 'target'>;
  readonly #options: AttemptsOptions;
  readonly #backoff: Backoff;
  readonly #settled: PromiseWithResolvers<RestResponse> = Promise.withResolvers();
  #count = 0;
  #last: RestResponse | undefined;
  #hasPerhapsArrived = false;

  constructor(request: RestTreatment & Pick<RestRequest, 'method' | 'target'>, options: AttemptsOptions) {
    this.#request = request;
    this.#options = options;
    this.#backoff = new Backoff(options.random, MOST_DELAY_MS);
  }

  /** The answer that counts, whatever its status. Rejects with a RestFailure when there is none. */
  get answer(): Promise<RestResponse> {
    return this.#settled.promise;
  }

  /** Sends it. Answers after how many milliseconds it is to be sent again; undefined: it is settled. Never rejects. */
  async attempt(signal: AbortSignal): Promise<number | undefined> {
    this.#count += 1;
    try {
      const response = await this.#send(signal);
      this.#last = response;
      this.#hasPerhapsArrived = true;
      const limitedUntil = this.#options.learn(response);
      const isRepeatable = REPEATABLE_STATUSES.includes(response.status) || response.status >= 500;
      const delayMs = isRepeatable || limitedUntil !== undefined ? this.#delayOf(response, limitedUntil) : undefined;
      if (delayMs === undefined) this.#settled.resolve(response);
      return delayMs;
    } catch (error) {
      return this.#failed(error, signal);
    }
  }

  /** It is not sent any more: what the last attempt came to is all there is. */
  refuse(refusal: RestRefusal): void {
    if (this.#last !== undefined) this.#settled.resolve(this.#last);
    else this.#settled.reject(new RestRefusal(refusal.kind, refusal.message, this.#wasSent));
  }

  /** In any of the attempts. */
  get #wasSent(): WasSent {
    return this.#hasPerhapsArrived ? 'PERHAPS' : 'NO';
  }

  async #send(signal: AbortSignal): Promise<RestResponse> {
    const { client, now, compose } = this.#options;
    const startedAt = now();
    const request = compose();
    try {
      const response = await client.send({ ...request, signal });
      this.#report(request, startedAt, response);
      return response;
    } catch (error) {
      this.#report(request, startedAt, undefined, error);
      throw error;
    }
  }

  #failed(error: unknown, signal: AbortSignal): number | undefined {
    if (!(error instanceof RestFailure)) {
      this.#settled.reject(error);
      return undefined;
    }
    if (error.wasSent === 'PERHAPS') this.#hasPerhapsArrived = true;
    const delayMs = signal.aborted ? undefined : this.#delayOf(undefined, undefined);
    if (delayMs !== undefined) {
      this.#last = undefined;
      return delayMs;
    }
    const kind = this.#options.signal?.aborted ? 'GIVEN_UP' : 'CLIENT_STOPPED';
    const { message } = error;
    this.#settled.reject(
      signal.aborted ? new RestRefusal(kind, message, this.#wasSent) : new RestFailure(this.#wasSent, message),
    );
    return undefined;
  }

  /** Undefined: it is not sent again. */
  #delayOf(response: RestResponse | undefined, limitedUntil: number | undefined): number | undefined {
    const { mostRepeats, deadlineAt, now } = this.#options;
    if (!isHarmlessTwice(this.#request) || this.#count > mostRepeats) return undefined;
    const at = now();
    const askedMs = Math.max(retryAfterMs(response?.header('retry-after'), at), (limitedUntil ?? 0) - at);
    const delayMs = Math.max(this.#backoff.next(), askedMs);
    return at + delayMs < deadlineAt ? delayMs : undefined;
  }

  #report(request: RestRequest, startedAt: number, response: RestResponse | undefined, error?: unknown): void {
    const { now, report } = this.#options;
    const { method, target } = this.#request;
    const attempt = {
      ...{ method, path: target.split('?', 1)[0] ?? '', attempt: this.#count, latencyMs: now() - startedAt },
      status: response?.status ?? null,
      failure: error instanceof Error ? error.message : null,
    };
    report(attempt, request, response);
  }
}
