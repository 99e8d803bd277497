import http from 'node:http';
import https from 'node:https';
import type { Clock } from '../async/clock.ts';
import { LARGEST_MESSAGE_BYTES } from './frame-text.ts';
import { proxyAgent } from './proxy-agent.ts';
import { type ExchangeOutcome, exchange, type RestRequest, type RestResponse, type WasSent } from './rest-exchange.ts';
import { Traffic } from './traffic.ts';

/** A venue allows some requests a second; more of them at once would only wait there instead of here. */
const MOST_CONNECTIONS = 16;
/** An idle connection that the venue closes while a request leaves on it would make that request's end unknown. */
const IDLE_TIMEOUT_MS = 5_000;
const DEFAULT_TIMEOUT_MS = 10_000;
const REASON_CHARACTERS = 200;
/** More than are shown, so that no secret is cut where it would not be known any more. */
const MASKED_CHARACTERS = 4_000;

export interface RestClientOptions {
  /** http: or https:, with a path in front of all targets if there is one. */
  readonly url: string;
  readonly clock: Clock;
  /** From the call to the last byte of the answer; 10 s unless given. */
  readonly timeoutMs?: number | undefined;
  /** The largest answer that is read. */
  readonly maxBytes?: number | undefined;
  /** A http:, https: or socks5: URL through which all goes, with user and password if it has some. */
  readonly proxy?: string | undefined;
  /** Certificates that are trusted instead of Node's own, as PEM. */
  readonly ca?: string | undefined;
  /** What takes secrets out of what the status shows; nothing is taken out unless given. */
  readonly mask?: ((text: string) => string) | undefined;
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
  /** The proxy without user and password; undefined: there is none. */
  readonly proxy: string | undefined;
}

/** A request without an answer. The message has neither its headers nor its body. */
export class RestFailure extends Error {
  override readonly name: string = 'RestFailure';
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

/** Throws a TypeError for a URL that is none, the proxy's included. */
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
    const isSecure = this.#url.protocol === 'https:';
    const { Agent } = isSecure ? https : http;
    const { proxy, clock, timeoutMs: connectTimeoutMs = DEFAULT_TIMEOUT_MS } = options;
    const agentOptions = { keepAlive: true, maxSockets: MOST_CONNECTIONS, timeout: IDLE_TIMEOUT_MS };
    this.#agent =
      proxy === undefined
        ? new Agent(agentOptions)
        : proxyAgent(proxy, isSecure ? 'https' : 'http', { ...agentOptions, clock, connectTimeoutMs });
  }

  async send(request: RestRequest): Promise<RestResponse> {
    const { clock, mask = String } = this.#options;
    const { method, target, body } = request;
    const startedAt = clock.now();
    const sent = `${method} ${target}${body === '' ? '' : ` ${body}`}`;
    this.#traffic.sent(mask(sent.slice(0, MASKED_CHARACTERS)));
    const exchanged = this.#exchange(request);
    this.#underWay.add(exchanged);
    const outcome = await exchanged;
    this.#underWay.delete(exchanged);
    if (outcome.type === 'FAILED') {
      const failure = new RestFailure(outcome.wasSent, outcome.reason);
      this.#lastFailure = failure.message;
      throw failure;
    }
    this.#traffic.received(mask(outcome.response.text.slice(0, MASKED_CHARACTERS)), clock.now());
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
      proxy: this.#options.proxy === undefined ? undefined : withoutCredentials(this.#options.proxy),
    };
  }

  async close(): Promise<void> {
    this.#closing.abort(new Error('the client was closed'));
    await Promise.all(this.#underWay);
    this.#agent.destroy();
  }

  #exchange(request: RestRequest): Promise<ExchangeOutcome> {
    const { clock, timeoutMs = DEFAULT_TIMEOUT_MS, maxBytes = LARGEST_MESSAGE_BYTES, ca } = this.#options;
    const { signal } = this.#closing;
    return exchange(request, { url: this.#url, agent: this.#agent, clock, timeoutMs, maxBytes, signal, ca });
  }
}

/** `socks5://(hidden)@127.0.0.1:1080` */
function withoutCredentials(address: string): string {
  const { protocol, username, password, host } = new URL(address);
  return `${protocol}//${username === '' && password === '' ? '' : '(hidden)@'}${host}`;
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
