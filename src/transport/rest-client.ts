import http from 'node:http';
import https from 'node:https';
import type { Clock } from '../async/clock.ts';
import { LARGEST_MESSAGE_BYTES } from './frame-text.ts';
import { type ExchangeOutcome, exchange, type RestRequest, type RestResponse, type WasSent } from './rest-exchange.ts';
import { Traffic } from './traffic.ts';

/** A venue allows some requests a second; more of them at once would only wait there instead of here. */
const MOST_CONNECTIONS = 16;
/** An idle connection that the venue closes while a request leaves on it would make that request's end unknown. */
const IDLE_TIMEOUT_MS = 5_000;
const DEFAULT_TIMEOUT_MS = 10_000;
const REASON_CHARACTERS = 200;

export interface RestClientOptions {
  /** http: or https:, with a path in front of all targets if there is one. */
  readonly url: string;
  readonly clock: Clock;
  /** From the call to the last byte of the answer; 10 s unless given. */
  readonly timeoutMs?: number | undefined;
  /** The largest answer that is read. */
  readonly maxBytes?: number | undefined;
}

/** Times are milliseconds since the epoch. */
export interface RestStatus {
  readonly lastMessageAt: number | null;
  /** Of the last answer: from the call to its last byte. */
  readonly latencyMs: number | null;
  /** Sent, or waiting for a connection, and not answered yet. */
  readonly underWay: number;
  /** Method, target and body, at most 1,000 characters. */
  readonly lastSentText: string | null;
  /** At most 1,000 characters. */
  readonly lastReceivedText: string | null;
  /** Why the last request failed; null once one was answered. At most 200 characters. */
  readonly lastFailure: string | null;
}

/** A request without an answer. The message has neither its headers nor its body. */
export class RestFailure extends Error {
  override readonly name = 'RestFailure';
  readonly wasSent: WasSent;

  constructor(wasSent: WasSent, reason: string) {
    super(reason.trim().slice(0, REASON_CHARACTERS));
    this.wasSent = wasSent;
  }
}

export interface RestClient {
  /** Sends once, follows no redirect, and rejects with a RestFailure when no whole answer came; any status is one. */
  send(request: RestRequest): Promise<RestResponse>;
  status(): RestStatus;
  /** Ends its connections, and with them what is under way; resolves when all of that is settled. */
  close(): Promise<void>;
}

/** Throws a TypeError for a URL that is none. */
export function createRestClient(options: RestClientOptions): RestClient {
  return new KeepAliveClient(options);
}

/**
 * Over Node's own HTTP client and not over fetch, which does not tell whether a request was on its way when it failed,
 * and whose connections cannot be closed.
 */
class KeepAliveClient implements RestClient {
  readonly #options: RestClientOptions;
  readonly #url: URL;
  readonly #agent: http.Agent;
  readonly #traffic = new Traffic();
  readonly #closing = new AbortController();
  readonly #underWay = new Set<Promise<ExchangeOutcome>>();
  #latencyMs: number | null = null;
  #lastFailure: string | null = null;

  constructor(options: RestClientOptions) {
    this.#options = options;
    this.#url = parseHttpUrl(options.url);
    const { Agent } = this.#url.protocol === 'https:' ? https : http;
    this.#agent = new Agent({ keepAlive: true, maxSockets: MOST_CONNECTIONS, timeout: IDLE_TIMEOUT_MS });
  }

  async send(request: RestRequest): Promise<RestResponse> {
    const { clock } = this.#options;
    const { method, target, body } = request;
    const startedAt = clock.now();
    this.#traffic.sent(`${method} ${target}${body === '' ? '' : ` ${body}`}`);
    const exchanged = this.#exchange(request);
    this.#underWay.add(exchanged);
    const outcome = await exchanged;
    this.#underWay.delete(exchanged);
    if (outcome.type === 'FAILED') {
      const failure = new RestFailure(outcome.wasSent, outcome.reason);
      this.#lastFailure = failure.message;
      throw failure;
    }
    this.#traffic.received(outcome.response.text, clock.now());
    this.#latencyMs = clock.now() - startedAt;
    this.#lastFailure = null;
    return outcome.response;
  }

  status(): RestStatus {
    const { lastMessageAt, lastSentText, lastReceivedText } = this.#traffic;
    return {
      lastMessageAt,
      latencyMs: this.#latencyMs,
      underWay: this.#underWay.size,
      lastSentText,
      lastReceivedText,
      lastFailure: this.#lastFailure,
    };
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the client was closed'));
    await Promise.all(this.#underWay);
    this.#agent.destroy();
  }

  #exchange(request: RestRequest): Promise<ExchangeOutcome> {
    const { clock, timeoutMs = DEFAULT_TIMEOUT_MS, maxBytes = LARGEST_MESSAGE_BYTES } = this.#options;
    const { signal } = this.#closing;
    return exchange(request, { url: this.#url, agent: this.#agent, clock, timeoutMs, maxBytes, signal });
  }
}

function parseHttpUrl(text: string): URL {
  const url = URL.parse(text);
  const isUsable = url !== null && ['http:', 'https:'].includes(url.protocol);
  // Not quoted: it may hold secrets.
  if (!isUsable || url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new TypeError('received a text that is no http: or https: URL without user, query and fragment');
  }
  return url;
}
