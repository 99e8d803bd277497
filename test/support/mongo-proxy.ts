import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { BSON, type Document } from 'mongodb';

/** A port of its own in front of a MongoDB server, which counts what goes through and can take it away. */
export interface MongoProxy extends AsyncDisposable {
  /** The url asked for, with the proxy's port. */
  readonly url: string;
  /** Names of the commands that were sent, but for those with which a driver keeps its connections. */
  readonly commands: string[];
  /** Those of the texts that are watched for of which the bytes have come from the server. */
  readonly seen: ReadonlySet<string>;
  /** Cuts every connection and refuses further ones. */
  close(): Promise<void>;
  open(): Promise<void>;
  /** Connections stay, and nothing goes through any more, until `thaw`. */
  freeze(): void;
  /** The same, as soon as the server has sent so many bytes from now on. */
  freezeAfter(bytes: number): void;
  thaw(): void;
}

export interface MongoProxyOptions {
  readonly isOpen?: boolean;
  /** Texts that are looked for in whatever the server sends. */
  readonly watchFor?: readonly string[];
  /** Is told what `commands` is told, as a whole. */
  readonly onCommand?: (command: Document) => void;
}

const OP_MSG = 2013;
const KEEPING: readonly string[] = ['hello', 'isMaster', 'ismaster', 'ping', 'endSessions', 'saslStart', 'killCursors'];

export async function startMongoProxy(
  url: string,
  { isOpen = true, watchFor = [], onCommand }: MongoProxyOptions = {},
): Promise<MongoProxy> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const commands: string[] = [];
  const seen = new Set<string>();
  let isFrozen = false;
  let bytesToFreeze = Number.POSITIVE_INFINITY;
  const freeze = (): void => {
    isFrozen = true;
    for (const socket of sockets) socket.pause();
  };
  const hold = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => {}).once('close', () => sockets.delete(socket));
    if (isFrozen) socket.pause();
  };
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    hold(client);
    hold(upstream);
    const counter = commandCounter((name, body) => {
      if (KEEPING.includes(name)) return;
      commands.push(name);
      onCommand?.(BSON.deserialize(body));
    });
    const watch = textWatcher(watchFor, (text) => seen.add(text));
    client.on('data', (bytes) => {
      counter(bytes);
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      watch(bytes);
      bytesToFreeze -= bytes.length;
      if (bytesToFreeze <= 0) freeze();
      client.write(bytes.subarray(0, Math.max(0, Math.min(bytes.length, bytes.length + bytesToFreeze))));
    });
    client.once('close', () => upstream.destroy());
    upstream.once('close', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on a port has this form of an address.
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    const closed = server.listening ? once(server, 'close') : undefined;
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  };
  if (!isOpen) await close();
  const address = new URL(url);
  address.port = String(port);
  return {
    url: address.href,
    commands,
    seen,
    close,
    open: async () => {
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    freeze,
    freezeAfter: (bytes) => {
      bytesToFreeze = bytes;
    },
    thaw: () => {
      isFrozen = false;
      bytesToFreeze = Number.POSITIVE_INFINITY;
      for (const socket of sockets) socket.resume();
    },
    [Symbol.asyncDispose]: close,
  };
}

/** Reads the messages of one direction. https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/ */
function commandCounter(tell: (name: string, body: Buffer) => void): (bytes: Buffer) => void {
  let pending = Buffer.alloc(0);
  return (bytes) => {
    pending = Buffer.concat([pending, bytes]);
    while (pending.length >= 16 && pending.length >= pending.readInt32LE(0)) {
      const message = pending.subarray(0, pending.readInt32LE(0));
      pending = pending.subarray(message.length);
      if (message.readInt32LE(12) !== OP_MSG) continue;
      // Header of 16 bytes, flags of 4, kind of 1, then a document whose first element is named as the command.
      const body = message.subarray(21, 21 + message.readInt32LE(21));
      tell(body.toString('utf8', 5, body.indexOf(0, 5)), body);
    }
  };
}

/** Looks for texts in the bytes of one direction, wherever they are cut. */
function textWatcher(texts: readonly string[], tell: (text: string) => void): (bytes: Buffer) => void {
  const kept = Math.max(0, ...texts.map((text) => Buffer.byteLength(text) - 1));
  let tail = Buffer.alloc(0);
  return (bytes) => {
    if (texts.length === 0) return;
    const all = Buffer.concat([tail, bytes]);
    for (const text of texts) if (all.includes(text)) tell(text);
    tail = all.subarray(Math.max(0, all.length - kept));
  };
}
