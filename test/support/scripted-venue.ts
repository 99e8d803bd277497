import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { frameBytes, type ScriptedFrame } from './scripted-venue-frames.ts';

/** How the venue takes the next handshakes: as it should, not at all, or with an HTTP answer. */
export type Handshake = 'ACCEPT' | 'IGNORE' | { readonly status: number; readonly headers?: string };

/** A connection as the venue sees it. */
export interface ScriptedConnection {
  readonly path: string;
  /** What it received, oldest first. */
  readonly texts: readonly string[];
  readonly pings: number;
  readonly isClosed: boolean;
  send(text: string | Buffer): void;
  /** Bytes as they are, past the library. */
  write(bytes: Buffer): void;
  frame(frame: ScriptedFrame): void;
  ping(payload: string): void;
  /** The payloads of the pongs that came. */
  readonly pongs: readonly string[];
  close(code: number, reason: string): void;
  /** FIN, without a closing frame. */
  finish(): void;
  /** RST. */
  reset(): void;
  /** From now on it reads nothing, as if the machine had died. */
  freeze(): void;
}

export interface ScriptedVenue {
  readonly url: string;
  /** All that were ever accepted. */
  readonly connections: readonly ScriptedConnection[];
  /** The last that was accepted. */
  readonly connection: ScriptedConnection;
  /** Handshakes that came, whatever was answered. */
  readonly attempts: number;
  handshake: Handshake;
  answersPings: boolean;
  /** Called for each accepted connection. */
  onConnection: (connection: ScriptedConnection) => void;
  /** Called for each text. */
  onText: (connection: ScriptedConnection, text: string) => void;
  close(): Promise<void>;
}

/** Resolves when the condition holds, which is asked after every turn of the event loop. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

/** A WebSocket server on a port of its own that does what a test tells it, right or wrong. */
export async function startScriptedVenue(): Promise<ScriptedVenue> {
  const http = createServer();
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { port } = http.address() as AddressInfo;
  const upgrades = new Set<Duplex>();
  const sockets = new WebSocketServer({ noServer: true, autoPong: false });
  const connections: ScriptedConnection[] = [];
  let attempts = 0;

  http.on('upgrade', (request: IncomingMessage, duplex: Duplex, head: Buffer) => {
    attempts += 1;
    upgrades.add(duplex);
    duplex.on('error', () => {}).once('close', () => upgrades.delete(duplex));
    const { handshake } = venue;
    if (handshake === 'IGNORE') return;
    if (handshake !== 'ACCEPT') {
      duplex.end(`HTTP/1.1 ${handshake.status} Scripted\r\n${handshake.headers ?? ''}Content-Length: 0\r\n\r\n`);
      return;
    }
    sockets.handleUpgrade(request, duplex, head, (socket) => accept(socket, duplex, request.url ?? ''));
  });

  function accept(socket: WebSocket, duplex: Duplex, path: string): void {
    const connection = createConnection(socket, duplex, path);
    connections.push(connection);
    socket.on('message', (data) => venue.onText(connection, String(data)));
    socket.on('ping', (payload) => {
      if (venue.answersPings) socket.pong(payload);
    });
    venue.onConnection(connection);
  }

  const venue: ScriptedVenue = {
    url: `ws://127.0.0.1:${port}/stream`,
    connections,
    get connection() {
      const last = connections.at(-1);
      if (last === undefined) throw new Error('nobody has connected yet');
      return last;
    },
    get attempts() {
      return attempts;
    },
    handshake: 'ACCEPT',
    answersPings: true,
    onConnection: () => {},
    onText: () => {},
    close: async () => {
      for (const duplex of upgrades) duplex.destroy();
      await new Promise((resolve) => http.close(resolve));
    },
  };
  return venue;
}

function createConnection(socket: WebSocket, duplex: Duplex, path: string): ScriptedConnection {
  const texts: string[] = [];
  const pongs: string[] = [];
  const counts = { pings: 0, isClosed: false };
  socket.on('error', () => {});
  socket.on('close', () => {
    counts.isClosed = true;
  });
  socket.on('message', (data) => texts.push(String(data)));
  socket.on('pong', (payload) => pongs.push(payload.toString()));
  socket.on('ping', () => {
    counts.pings += 1;
  });
  return {
    path,
    texts,
    pongs,
    get pings() {
      return counts.pings;
    },
    get isClosed() {
      return counts.isClosed;
    },
    send: (text) => socket.send(text),
    write: (bytes) => void duplex.write(bytes),
    frame: (frame) => void duplex.write(frameBytes(frame)),
    ping: (payload) => socket.ping(payload),
    close: (code, reason) => socket.close(code, reason),
    finish: () => void duplex.end(),
    reset: () => (duplex as Socket).resetAndDestroy(),
    freeze: () => void duplex.removeAllListeners('data').pause(),
  };
}
