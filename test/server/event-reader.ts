import { once } from 'node:events';
import { type ClientRequest, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { CSRF_HEADER } from '../../src/server/request-checks.ts';

/** One block of a stream of events. A comment has the type `:`, and what says when to come again has `retry`. */
export interface ReceivedEvent {
  readonly type: string;
  readonly id?: string;
  readonly data: string;
}

export interface EventsRequest {
  readonly method?: 'GET' | 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly variables?: object;
}

/** Asks for an operation as a stream of events; resolves when the answer has begun. */
export async function openEvents(
  { url }: { readonly url: string },
  query: string,
  { method = 'POST', headers = {}, variables }: EventsRequest = {},
): Promise<EventReader> {
  const isGet = method === 'GET';
  const search = isGet ? `?${new URLSearchParams({ query, variables: JSON.stringify(variables ?? {}) })}` : '';
  const own = isGet ? { [CSRF_HEADER]: '1' } : { 'content-type': 'application/json' };
  const outgoing = request(`${url}/graphql${search}`, {
    method,
    headers: { accept: 'text/event-stream', ...own, ...headers },
  });
  outgoing.end(isGet ? undefined : JSON.stringify({ query, variables }));
  const [incoming]: IncomingMessage[] = await once(outgoing, 'response');
  if (incoming === undefined) throw new Error('received no answer');
  return new EventReader(outgoing, incoming);
}

/** Reads events as they come and keeps them until somebody asks for them. */
export class EventReader {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly #outgoing: ClientRequest;
  readonly #incoming: IncomingMessage;
  readonly #closed: Promise<void>;
  #untaken: ReceivedEvent[] = [];
  #text = '';
  #onEvent: () => void = () => {};

  constructor(outgoing: ClientRequest, incoming: IncomingMessage) {
    this.#outgoing = outgoing;
    this.#incoming = incoming;
    this.status = incoming.statusCode ?? 0;
    this.headers = incoming.headers;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#closed = promise;
    incoming.setEncoding('utf8').on('data', (text: string) => this.#read(text));
    // Cut off, or by ourselves.
    incoming.on('error', () => {}).once('close', resolve);
    outgoing.on('error', () => {});
  }

  async next(): Promise<ReceivedEvent> {
    for (;;) {
      const event = this.#untaken.shift();
      if (event !== undefined) return event;
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#onEvent = resolve;
      await Promise.race([promise, this.#closed.then(() => Promise.reject(new Error('the stream is closed')))]);
    }
  }

  /** What came until the connection closed, and nobody has asked for. */
  async untilClosed(): Promise<ReceivedEvent[]> {
    await this.#closed;
    return this.#untaken.splice(0);
  }

  pause(): void {
    this.#incoming.pause();
  }

  resume(): void {
    this.#incoming.resume();
  }

  destroy(): void {
    this.#outgoing.destroy();
  }

  #read(text: string): void {
    this.#text += text;
    const blocks = this.#text.split('\n\n');
    this.#text = blocks.pop() ?? '';
    this.#untaken.push(...blocks.map(toEvent));
    if (blocks.length > 0) this.#onEvent();
  }
}

function toEvent(block: string): ReceivedEvent {
  const fields = new Map(block.split('\n').map((line) => fieldOf(line)));
  if (fields.has('')) return { type: ':', data: fields.get('') ?? '' };
  if (fields.has('retry')) return { type: 'retry', data: fields.get('retry') ?? '' };
  const id = fields.get('id');
  return { type: fields.get('event') ?? 'message', ...(id !== undefined && { id }), data: fields.get('data') ?? '' };
}

/** As the HTML standard reads a line: a name, a colon, at most one space that does not count. */
function fieldOf(line: string): [string, string] {
  const [, name = line, value = ''] = /^([^:]*):? ?(.*)$/s.exec(line) ?? [];
  return [name, value];
}
