import { parseObject } from '../../domain/json-text.ts';
import { NO_SUCH_CHANNEL } from './dialect.ts';

/** A request as the venue's end of the socket reads it: https://bybit-exchange.github.io/docs/v5/ws/connect */
export interface BybitRequest {
  readonly op: 'subscribe' | 'unsubscribe' | 'ping';
  /** Empty: the client gave none. */
  readonly reqId: string;
  /** Empty for a ping. */
  readonly args: readonly string[];
}

/** What a client asks for; undefined for what the venue does not know. */
export function parseRequest(text: string): BybitRequest | undefined {
  const request = parseObject(text);
  const reqId = typeof request?.req_id === 'string' ? request.req_id : '';
  if (request?.op === 'ping') return { op: 'ping', reqId, args: [] };
  if (request?.op !== 'subscribe' && request?.op !== 'unsubscribe') return undefined;
  const { op, args } = request;
  if (!Array.isArray(args) || args.length === 0) return undefined;
  return args.every((arg) => typeof arg === 'string') ? { op, reqId, args } : undefined;
}

export function answerPing(reqId: string): string {
  return answerText(true, 'pong', reqId, 'ping');
}

export function acknowledge({ op, reqId }: BybitRequest): string {
  return answerText(true, '', reqId, op);
}

export function refuseChannel({ op, reqId }: BybitRequest, channel: string): string {
  return answerText(false, `${NO_SUCH_CHANNEL}${channel.slice(0, 64)}`, reqId, op);
}

export function refuseRequest(): string {
  return answerText(false, 'error:invalid request', '', '');
}

function answerText(success: boolean, message: string, reqId: string, op: string): string {
  return JSON.stringify({ success, ret_msg: message, conn_id: 'replay', req_id: reqId, op });
}
