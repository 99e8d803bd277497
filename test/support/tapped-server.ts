import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A port of its own in front of a server, at which everything that passes is seen and the line can be cut. */
export interface TappedServer extends AsyncDisposable {
  /** The url asked for, with this port. */
  readonly url: string;
  /** From now on connections are served again. */
  mend(): void;
}

export interface Passing {
  readonly from: 'CLIENT' | 'SERVER';
  /** One character a byte. */
  readonly text: string;
}

/** `isCutBy` sees all that passes; when it says so, that does not arrive, and every connection is cut from then on. */
export async function tapServer(
  url: string,
  isCutBy: (passing: Passing) => boolean | Promise<boolean>,
): Promise<TappedServer> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  let isCut = false;
  const hold = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => {}).once('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    hold(client);
    if (isCut) return void client.destroy();
    const upstream = connect(Number(target.port), target.hostname);
    hold(upstream);
    const pass = (from: Passing['from'], to: Socket) => {
      let last = Promise.resolve();
      const passOn = async (bytes: Buffer): Promise<void> => {
        isCut ||= await isCutBy({ from, text: bytes.toString('latin1') });
        if (!isCut) to.write(bytes);
        else for (const socket of sockets) socket.destroy();
      };
      return (bytes: Buffer): void => {
        last = last.then(() => passOn(bytes));
      };
    };
    client.on('data', pass('CLIENT', upstream)).once('close', () => upstream.destroy());
    upstream.on('data', pass('SERVER', client)).once('close', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = new URL(url);
  // A server that listens on a port has this form of an address.
  address.port = String((server.address() as AddressInfo).port);
  return {
    url: address.href,
    mend: () => {
      isCut = false;
    },
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
