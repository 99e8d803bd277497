import { isObject, parseObject } from '../../domain/json-text.ts';
import type { Heartbeat } from '../../transport/heartbeat.ts';
import type { SocketAddress, SocketAdmission } from '../venue.ts';
import { ADMISSION_TARGET, DONE, writePing } from './dialect.ts';

const DEFAULT_INTERVAL_MS = 18_000;
const DEFAULT_TIMEOUT_MS = 10_000;
/** What is told beyond that is not believed. */
const LEAST_MS = 1000;
const MOST_MS = 120_000;

/**
 * Before each connection a token is asked for, which is good for 24 hours:
 * https://www.kucoin.com/docs/websocket/basic-info/apply-connect-token/public-token-no-authentication-required-
 */
export function createAdmission(restOrigin: string): SocketAdmission {
  return { method: 'POST', url: restOrigin, target: ADMISSION_TARGET, read: readAdmission };
}

/** A socket is asked by text whether it is there; a ping frame of the protocol does not count for the venue. */
export function heartbeatOf(intervalMs: unknown, timeoutMs: unknown): Heartbeat {
  return {
    kind: 'message',
    ping: (now) => writePing(now),
    isPong: (text) => text.includes('"pong"') && parseObject(text)?.type === 'pong',
    intervalMs: withinReason(intervalMs, DEFAULT_INTERVAL_MS),
    timeoutMs: withinReason(timeoutMs, DEFAULT_TIMEOUT_MS),
  };
}

function readAdmission(text: string, id: string): SocketAddress | undefined {
  const answer = parseObject(text);
  if (answer?.code !== DONE || !isObject(answer.data)) return undefined;
  const { token, instanceServers } = answer.data;
  if (typeof token !== 'string' || token === '' || !Array.isArray(instanceServers)) return undefined;
  const server = instanceServers.filter(isObject).find(({ protocol }) => protocol === 'websocket');
  const url = server && toSocketUrl(server.endpoint);
  if (server === undefined || url === undefined) return undefined;
  url.searchParams.set('token', token);
  url.searchParams.set('connectId', id);
  return { url: url.href, heartbeat: heartbeatOf(server.pingInterval, server.pingTimeout) };
}

function toSocketUrl(received: unknown): URL | undefined {
  const url = typeof received === 'string' ? URL.parse(received) : null;
  return url !== null && (url.protocol === 'wss:' || url.protocol === 'ws:') ? url : undefined;
}

function withinReason(received: unknown, otherwise: number): number {
  return typeof received === 'number' && received >= LEAST_MS && received <= MOST_MS ? received : otherwise;
}
