import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A port of its own that passes bytes on, until it is closed; it may be opened again. */
export interface Proxy {
  readonly url: string;
  /** Cuts every connection. */
  cut(): Promise<void>;
  /** Cuts every connection, and refuses further ones. Resolves when the ends of all of them have been told. */
  close(): Promise<void>;
  open(): Promise<void>;
}

export async function startProxy(targetPort: () => number): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const hold = (socket: Socket): void => {
    sockets.add(socket);
    socket.on('error', () => {}).once('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    const target = connect(targetPort(), '127.0.0.1');
    hold(client);
    hold(target);
    client.pipe(target).pipe(client);
    client.once('close', () => target.destroy());
    target.once('close', () => client.destroy());
  });
  const open = async (port: number): Promise<number> => {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    // A server that listens on a port has this form of an address.
    return (server.address() as AddressInfo).port;
  };
  const port = await open(0);
  const cut = async (): Promise<void> => {
    for (const socket of sockets) socket.destroy();
    // The other ends learn of it in a later turn.
    while (sockets.size > 0) await new Promise((resolve) => setImmediate(resolve));
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    url: `http://127.0.0.1:${port}`,
    cut,
    close: async () => {
      server.close();
      await cut();
    },
    open: async () => {
      await open(port);
    },
  };
}
