import { type HttpExchange, sendJson } from './answer.ts';
import { methodNotAllowed } from './http-error.ts';

export interface Readiness {
  readonly isReady: boolean;
  /** What this server needs, and the state it is in: `{ store: 'ok' }`. */
  readonly dependencies: Readonly<Record<string, string>>;
}

/** The process answers; nothing is said about what it depends on. */
export function sendLive(exchange: HttpExchange): void {
  assertReading(exchange);
  sendJson(exchange, 200, { status: 'live' });
}

/** 200 when operations can be answered, else 503. */
export async function sendReady(exchange: HttpExchange, readiness: () => Promise<Readiness>): Promise<void> {
  assertReading(exchange);
  const { isReady, dependencies } = await readiness();
  sendJson(exchange, isReady ? 200 : 503, { status: isReady ? 'ready' : 'not ready', dependencies });
}

/** 503 for whoever still asks on a connection of a server that stops. */
export function sendStopping(exchange: HttpExchange): void {
  assertReading(exchange);
  sendJson(exchange, 503, { status: 'stopping', dependencies: {} });
}

function assertReading({ request: { method } }: HttpExchange): void {
  if (method !== 'GET' && method !== 'HEAD') throw methodNotAllowed(method, ['GET', 'HEAD']);
}
