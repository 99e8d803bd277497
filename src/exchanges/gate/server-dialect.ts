import { isObject, parseExactJson } from '../../domain/json-text.ts';
import { type GateOperation, INVALID_ARGUMENT } from './dialect.ts';

/** A request as the venue's end of the socket reads it: https://www.gate.com/docs/developers/apiv4/ws/en/#system-api */
export interface GateRequest {
  readonly event: GateOperation | 'ping';
  readonly channel: string;
  /** As text; undefined: the client gave none. */
  readonly id: string | undefined;
  /** As channelsOf writes them. */
  readonly channels: readonly string[];
}

/** What a client asks for; undefined for what the venue does not know. */
export function parseRequest(text: string): GateRequest | undefined {
  const request = parseExactJson(text);
  if (!isObject(request) || typeof request.channel !== 'string') return undefined;
  const { channel, event, payload } = request;
  const id = typeof request.id === 'string' ? request.id : undefined;
  if (channel.endsWith('.ping')) return { event: 'ping', channel, id, channels: [] };
  if ((event !== 'subscribe' && event !== 'unsubscribe') || !Array.isArray(payload) || payload.length === 0)
    return undefined;
  if (!payload.every((part) => typeof part === 'string')) return undefined;
  const isOfBars = channel.endsWith('.candlesticks');
  const channels = isOfBars ? [`${channel} ${payload.join(' ')}`] : payload.map((symbol) => `${channel} ${symbol}`);
  return { event, channel, id, channels };
}

export function answerPing({ channel }: GateRequest): string {
  return JSON.stringify({ time: 0, channel: channel.replace(/ping$/, 'pong'), event: '', result: null });
}

export function acknowledge(request: GateRequest): string {
  return answerText(request, { result: { status: 'success' } });
}

export function refuseSymbol(request: GateRequest, symbol: string): string {
  const error = { code: Number(INVALID_ARGUMENT), message: `unknown currency pair: ${symbol.slice(0, 64)}` };
  return answerText(request, { error, result: { status: 'fail' } });
}

export function refuseRequest(): string {
  return JSON.stringify({ time: 0, channel: '', event: '', error: { code: 1, message: 'invalid request' } });
}

function answerText({ id, channel, event }: GateRequest, rest: object): string {
  const request = id === undefined ? {} : { id: /^\d{1,15}$/.test(id) ? Number(id) : id };
  return JSON.stringify({ time: 0, ...request, channel, event, ...rest });
}
