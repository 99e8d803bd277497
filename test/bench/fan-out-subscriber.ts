import type { Socket } from 'node:net';
import { connect } from 'node:net';
import type { MessageScanner, OnMessage } from './fan-out-messages.ts';
import { EventScanner, FrameScanner } from './fan-out-messages.ts';

/** `raw`: a WebSocket on which messages come without being asked for. */
export type Transport = 'raw' | 'graphql-transport-ws' | 'sse';

export interface SubscriberOptions {
  readonly transport: Transport;
  /** Without a path. */
  readonly serverUrl: string;
  /** The document of the subscription. */
  readonly query: string;
  /** Makes the id of the operation another one for each subscriber. */
  readonly index: number;
  /** Into which every read of every subscriber goes, since each is looked at before the next one. */
  readonly readBuffer: Buffer;
  /** For each event that is delivered, as MessageScanner says. */
  readonly onDelivery: OnMessage;
}

const HEAD_END = '\r\n\r\n';
/** Where the type of `{"id":"<36 characters>","type":"next",...` begins; no other type begins with an n. */
const TYPE_AT = '{"id":"'.length + 36 + '","type":"'.length;
const FIRST_OF_NEXT = 'n'.charCodeAt(0);
const ANSWER: Readonly<Record<Transport, string>> = {
  raw: 'HTTP/1.1 101 ',
  'graphql-transport-ws': 'HTTP/1.1 101 ',
  sse: 'HTTP/1.1 200 ',
};

/**
 * A plain socket that subscribes by itself and hands over what it receives, without reading any JSON. Whatever goes wrong
 * is thrown where nothing catches it, since without one of its subscribers a run does not count.
 */
export class Subscriber {
  /** The server has answered, and has been asked for the events. */
  readonly subscribed: Promise<void>;
  /** The first event has come. */
  readonly started: Promise<void>;
  readonly #options: SubscriberOptions;
  readonly #socket: Socket;
  readonly #scanner: MessageScanner;
  readonly #subscribe: () => void;
  readonly #start: () => void;
  #head = '';
  #isHeadRead = false;
  #isAcknowledged: boolean;
  #hasStarted = false;

  constructor(options: SubscriberOptions) {
    const { transport, serverUrl, readBuffer } = options;
    const [subscribed, started] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    this.subscribed = subscribed.promise;
    this.started = started.promise;
    this.#subscribe = subscribed.resolve;
    this.#start = started.resolve;
    this.#options = options;
    this.#isAcknowledged = transport !== 'graphql-transport-ws';
    const onMessage: OnMessage = (chunk, start) => this.#receiveMessage(chunk, start);
    // The payload of a ping would have to come back; servers send none.
    const onPing = (): void => void this.#socket.write(Buffer.from([0x8a, 0x80, 0, 0, 0, 0]));
    this.#scanner = transport === 'sse' ? new EventScanner(onMessage) : new FrameScanner(onMessage, onPing);
    const { hostname, port } = new URL(serverUrl);
    this.#socket = connect({
      host: hostname,
      port: Number(port),
      noDelay: true,
      onread: {
        buffer: readBuffer,
        callback: (length) => {
          this.#receive(readBuffer.subarray(0, length));
          return true;
        },
      },
    });
    this.#socket.on('connect', () => this.#socket.write(requestOf(options)));
    this.#socket.on('end', () => {
      throw new Error('the server closed the connection');
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #receive(chunk: Buffer): void {
    if (this.#isHeadRead) this.#scanner.scan(chunk);
    else this.#receiveHead(chunk);
  }

  #receiveHead(chunk: Buffer): void {
    const { transport } = this.#options;
    const before = this.#head.length;
    this.#head += chunk.toString('latin1');
    const end = this.#head.indexOf(HEAD_END);
    if (end === -1) return;
    if (!this.#head.startsWith(ANSWER[transport])) {
      throw new Error(`received ${JSON.stringify(this.#head.slice(0, 400))}, wanted ${ANSWER[transport]}`);
    }
    this.#isHeadRead = true;
    if (transport === 'graphql-transport-ws') this.#send('{"type":"connection_init"}');
    else this.#subscribe();
    this.#scanner.scan(chunk.subarray(end + HEAD_END.length - before));
  }

  #receiveMessage(chunk: Buffer, start: number): void {
    const { transport, index, query, onDelivery } = this.#options;
    if (!this.#isAcknowledged) {
      if (!chunk.includes('"connection_ack"')) throw new Error('received something else, wanted connection_ack');
      this.#isAcknowledged = true;
      this.#send(JSON.stringify({ id: operationId(index), type: 'subscribe', payload: { query } }));
      this.#subscribe();
      return;
    }
    if (transport !== 'sse' && start !== -1 && chunk[start + TYPE_AT] !== FIRST_OF_NEXT) {
      throw new Error(`received ${chunk.toString('utf8', start, start + 400)}, wanted a message of type next`);
    }
    if (!this.#hasStarted) {
      const text = chunk.toString('utf8', Math.max(start, 0));
      if (text.includes('"errors"')) throw new Error(`received ${text.slice(0, 400)}, wanted an event`);
      this.#hasStarted = true;
      this.#start();
    }
    onDelivery(chunk, start);
  }

  #send(text: string): void {
    this.#socket.write(clientFrame(text));
  }
}

function requestOf({ transport, serverUrl, query }: SubscriberOptions): string {
  const { host } = new URL(serverUrl);
  const lines = transport === 'sse' ? streamRequest(host, query) : upgradeRequest(host, transport);
  return lines.join('\r\n');
}

function streamRequest(host: string, query: string): string[] {
  const body = JSON.stringify({ query });
  return [
    'POST /graphql HTTP/1.1',
    `host: ${host}`,
    'accept: text/event-stream',
    'content-type: application/json',
    `content-length: ${body.length}`,
    '',
    body,
  ];
}

function upgradeRequest(host: string, transport: Transport): string[] {
  return [
    'GET /graphql HTTP/1.1',
    `host: ${host}`,
    'connection: Upgrade',
    'upgrade: websocket',
    'sec-websocket-version: 13',
    'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
    ...(transport === 'raw' ? [] : [`sec-websocket-protocol: ${transport}`]),
    '',
    '',
  ];
}

function operationId(index: number): string {
  return `${index.toString(16).padStart(8, '0')}-aaaa-4bbb-8ccc-${index.toString(16).padStart(12, '0')}`;
}

/** A text frame as a client sends it, of at most 65,535 bytes; its mask is zero, so that the payload stays as it is. */
function clientFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  const length = payload.length < 126 ? [payload.length] : [126, payload.length >> 8, payload.length & 0xff];
  const [first = 0, ...rest] = length;
  return Buffer.concat([Buffer.from([0x81, 0x80 | first, ...rest, 0, 0, 0, 0]), payload]);
}
