import { Agent } from 'undici';
import { Backoff } from '../async/backoff.ts';
import type { Clock } from '../async/clock.ts';
import { pause } from '../async/pause.ts';
import { exchange, type HttpAnswer } from './http-exchange.ts';
import { HttpFailure } from './http-failure.ts';
import { HttpHost, type HttpHostStatus } from './http-host.ts';
import { createStreamConnector, type OpenStream, openDirectly } from './http-stream.ts';
import { retryAfterMs } from './retry-after.ts';

export interface HttpClientOptions {
  readonly clock: Clock;
  /** Answers numbers from 0 to below 1. */
  readonly random: () => number;
  /** How connections are opened; directly unless given. */
  readonly open?: OpenStream | undefined;
  /** Requests under way to one host at a time. Default 1. */
  readonly mostUnderWay?: number | undefined;
  /** From a request's turn until its last byte, for each attempt. Default 10,000. */
  readonly timeoutMs?: number | undefined;
  /** The largest body that is read. Default 8 MiB. */
  readonly maxBytes?: number | undefined;
  /** How long a host that refuses this client is left alone, where it does not say so itself. Default 10 minutes. */
  readonly coolDownMs?: number | undefined;
  /** Certificates that are trusted instead of Node's own, as PEM. */
  readonly ca?: string | undefined;
}

export interface HttpRequest {
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal: AbortSignal;
}

/** Reads from hosts that owe us nothing, and takes care not to be a burden to them. */
export interface HttpClient {
  /**
   * The whole answer to a GET, of a status below 500 that does not refuse us. Network failures and statuses from 500 on
   * are tried three times, with half a second to two seconds between. Fails with an HttpFailure, or with the signal's
   * reason.
   */
  get(request: HttpRequest): Promise<HttpAnswer>;
  /** An answer of this address proved to be none: it counts as a failure of its host. */
  discredit(url: URL): void;
  /** The hosts that were asked. */
  hosts(): readonly HttpHostStatus[];
  /** Ends its connections, and with them what is under way. */
  close(): Promise<void>;
}

const ATTEMPTS = 3;
const MOST_BACKOFF_MS = 4_000;
/** A host that asks for more patience is left alone instead. */
const LONGEST_WAIT_MS = 5_000;
const DEFAULTS = { mostUnderWay: 1, timeoutMs: 10_000, maxBytes: 8 * 1024 * 1024, coolDownMs: 600_000 };
/** 456 is Sina's own. */
const REFUSALS: readonly number[] = [403, 418, 429, 451, 456];
/** Some hosts refuse what does not look like a browser; this says who we are all the same. */
const HEADERS = { 'user-agent': 'Mozilla/5.0 (compatible; Deskgraph)', accept: '*/*' };

export function createHttpClient(options: HttpClientOptions): HttpClient {
  return new ConsiderateClient(options);
}

class ConsiderateClient implements HttpClient {
  readonly #options: HttpClientOptions & typeof DEFAULTS;
  readonly #closing = new AbortController();
  readonly #hosts = new Map<string, HttpHost>();
  readonly #agent: Agent;

  constructor(options: HttpClientOptions) {
    const { mostUnderWay, timeoutMs, maxBytes, coolDownMs } = options;
    this.#options = {
      ...options,
      mostUnderWay: mostUnderWay ?? DEFAULTS.mostUnderWay,
      timeoutMs: timeoutMs ?? DEFAULTS.timeoutMs,
      maxBytes: maxBytes ?? DEFAULTS.maxBytes,
      coolDownMs: coolDownMs ?? DEFAULTS.coolDownMs,
    };
    this.#agent = new Agent({
      connections: this.#options.mostUnderWay,
      pipelining: 1,
      // One deadline holds for a whole exchange, by the clock that was given.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: createStreamConnector({
        open: options.open ?? openDirectly,
        clock: options.clock,
        timeoutMs: this.#options.timeoutMs,
        signal: this.#closing.signal,
        ca: options.ca,
      }),
    });
  }

  async get({ url, headers = {}, signal: asked }: HttpRequest): Promise<HttpAnswer> {
    const { clock, random } = this.#options;
    const signal = AbortSignal.any([asked, this.#closing.signal]);
    const host = this.#hostOf(url);
    const backoff = new Backoff(random, MOST_BACKOFF_MS);
    for (let attempt = 1; ; attempt += 1) {
      await host.enter(signal);
      let failure: HttpFailure;
      try {
        return await this.#attempt(host, { url, headers, signal });
      } catch (error) {
        if (!(error instanceof HttpFailure) || !isPassing(error)) throw error;
        if (attempt === ATTEMPTS || host.status().restsUntil !== null) throw error;
        failure = error;
      } finally {
        host.leave();
      }
      await pause(Math.max(backoff.next(), (failure.retryAt ?? 0) - clock.now()), { clock, signal });
    }
  }

  discredit(url: URL): void {
    this.#hostOf(url).discredit();
  }

  hosts(): readonly HttpHostStatus[] {
    return [...this.#hosts.values()].map((host) => host.status());
  }

  async close(): Promise<void> {
    this.#closing.abort(new HttpFailure('CLOSED', 'the client was closed'));
    await this.#agent.destroy();
  }

  /** One exchange within its time, and what it says of its host. */
  async #attempt(host: HttpHost, { url, headers, signal: asked }: Required<HttpRequest>): Promise<HttpAnswer> {
    const { clock, timeoutMs, maxBytes } = this.#options;
    const startedAt = clock.now();
    const deadline = new AbortController();
    const late = new HttpFailure('TIMEOUT', `no whole answer within ${timeoutMs} ms`);
    const cancel = clock.after(timeoutMs, () => deadline.abort(late));
    const signal = AbortSignal.any([asked, deadline.signal]);
    try {
      const request = { url, headers: { ...HEADERS, ...headers }, signal };
      const answer = await exchange(request, { dispatcher: this.#agent, maxBytes });
      this.#judge(answer, host);
      host.answered(clock.now() - startedAt);
      return answer;
    } catch (error) {
      if (error instanceof HttpFailure && isOfHost(error)) host.failed();
      throw error;
    } finally {
      cancel();
    }
  }

  /** Throws for an answer that is none. */
  #judge({ status, retryAfter }: HttpAnswer, host: HttpHost): void {
    const { clock, coolDownMs } = this.#options;
    const waitMs = retryAfterMs(retryAfter, clock.now());
    if (REFUSALS.includes(status)) {
      host.rest(waitMs > 0 ? waitMs : coolDownMs);
      throw new HttpFailure('BLOCKED', `it refuses to answer (status ${status})`, { retryAt: host.restsUntil });
    }
    if (status < 500) return;
    if (waitMs > LONGEST_WAIT_MS) host.rest(waitMs);
    const retryAt = waitMs > 0 ? clock.now() + waitMs : undefined;
    throw new HttpFailure('STATUS', `it answered with status ${status}`, { retryAt });
  }

  #hostOf({ host: name }: URL): HttpHost {
    const known = this.#hosts.get(name);
    if (known !== undefined) return known;
    const { mostUnderWay, clock } = this.#options;
    const host = new HttpHost({ name, mostUnderWay, clock });
    this.#hosts.set(name, host);
    return host;
  }
}

/** Whether it was the host that failed. */
function isOfHost({ kind }: HttpFailure): boolean {
  return kind !== 'BLOCKED' && kind !== 'TUNNEL_DOWN' && kind !== 'CLOSED';
}

/** A time limit is no reason to ask again: whoever waits has waited long enough. */
function isPassing({ kind }: HttpFailure): boolean {
  return kind === 'NETWORK' || kind === 'STATUS';
}
