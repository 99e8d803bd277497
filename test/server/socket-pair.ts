import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface SocketPair {
  /** The side that the code under test writes to. */
  readonly near: Socket;
  /** Takes nothing until somebody reads it. */
  readonly far: Socket;
  close(): void;
}

/** Two ends of a real connection. */
export async function socketPair(): Promise<SocketPair> {
  const server = createServer({ allowHalfOpen: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('received no port');
  const accepted = once(server, 'connection');
  const far = connect({ port: address.port, host: '127.0.0.1' }).pause();
  const [near]: Socket[] = await accepted;
  if (near === undefined) throw new Error('received no connection');
  for (const socket of [near, far]) socket.on('error', () => {});
  const close = (): void => {
    near.destroy();
    far.destroy();
    server.close();
  };
  return { near, far, close };
}

/** Writes until the kernel takes no more and `bytes` wait. */
export function fill(socket: Socket, bytes: number, chunk = Buffer.alloc(64 * 1024, '.')): void {
  while (socket.writableLength <= bytes) socket.write(chunk);
}

/** Resolves with all that came when `bytes` have come. */
export function readBytes(socket: Socket, bytes: number): Promise<Buffer> {
  const { promise, resolve } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let read = 0;
  const onData = (chunk: Buffer): void => {
    chunks.push(chunk);
    read += chunk.length;
    if (read < bytes) return;
    socket.off('data', onData).pause();
    resolve(Buffer.concat(chunks));
  };
  socket.on('data', onData).resume();
  return promise;
}
