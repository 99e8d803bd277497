import http from 'node:http';
import type { Duplex } from 'node:stream';
import { type Clock, SYSTEM_CLOCK } from '../async/clock.ts';
import { openThroughProxy } from './http-proxy.ts';
import { openConnection, type StreamConnectorOptions } from './http-stream.ts';

const DEFAULT_CONNECT_TIMEOUT_MS = 10_000;

export interface ProxyAgentOptions extends Pick<http.AgentOptions, 'keepAlive' | 'maxSockets' | 'timeout'> {
  readonly clock?: Clock;
  /** From the call until the stream to the target stands, TLS included; 10 s unless given. */
  readonly connectTimeoutMs?: number;
}

/** Who is to be reached, as Node says it to an agent; `ca` as the request gives it. */
interface AgentTarget extends Pick<StreamConnectorOptions, 'ca'> {
  readonly host?: string | null | undefined;
  readonly port?: number | string | null | undefined;
}

type OnCreated = (error: Error | null, stream: Duplex) => void;

/**
 * An agent for requests of node:http and node:https, and for the option `agent` of ws, whose connections go through a
 * proxy: http: and https: by CONNECT, socks5: by RFC 1928, user and password in the URL. With the target https, which
 * is wss, too, TLS is spoken with the target itself, and its certificate is checked whatever the request says. To
 * destroy the agent ends what is being opened, too. Throws a TypeError for a URL of another kind, without quoting it.
 */
export function proxyAgent(proxyUrl: string, target: 'http' | 'https', options: ProxyAgentOptions = {}): http.Agent {
  const { clock = SYSTEM_CLOCK, connectTimeoutMs = DEFAULT_CONNECT_TIMEOUT_MS, ...agentOptions } = options;
  const closing = new AbortController();
  const connecting = {
    open: openThroughProxy(proxyUrl),
    ...{ clock, timeoutMs: connectTimeoutMs, signal: closing.signal },
  };
  return new ProxyAgent({ protocol: `${target}:`, closing, connecting, agentOptions });
}

interface ProxyAgentParts {
  readonly protocol: string;
  readonly closing: AbortController;
  readonly connecting: StreamConnectorOptions;
  readonly agentOptions: http.AgentOptions;
}

class ProxyAgent extends http.Agent {
  /** Node refuses a request that speaks another one. */
  readonly protocol: string;
  readonly #closing: AbortController;
  readonly #connecting: StreamConnectorOptions;

  constructor({ protocol, closing, connecting, agentOptions }: ProxyAgentParts) {
    super(agentOptions);
    this.protocol = protocol;
    this.#closing = closing;
    this.#connecting = connecting;
  }

  override createConnection({ host, port, ca }: AgentTarget, onCreated?: OnCreated): undefined {
    const hostname = (host ?? 'localhost').replace(/^\[(.*)\]$/, '$1');
    const target = { hostname, port: String(port ?? ''), protocol: this.protocol };
    openConnection(target, { ...this.#connecting, ca }).then(
      (stream) => onCreated?.(null, stream),
      // There is no stream then, whatever Node's types say.
      (error: unknown) => (onCreated as ((error: Error) => void) | undefined)?.(asError(error)),
    );
    return undefined;
  }

  override destroy(): void {
    this.#closing.abort(new Error('the client was closed'));
    super.destroy();
  }
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error('the proxy could not be used');
}
