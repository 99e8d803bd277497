import type { ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/**
 * Who is connected and what is still owed to them. A server that stops keeps the connections on which an answer is
 * owed and closes all others at once, also those on which a browser has not asked anything yet.
 */
export class Connections {
  readonly #owed = new Map<Duplex, Set<ServerResponse>>();
  #isStopping = false;

  open(socket: Duplex): void {
    this.#owed.set(socket, new Set());
    socket.once('close', () => this.#owed.delete(socket));
    if (this.#isStopping) socket.destroy();
  }

  /** From now on the connection is somebody else's to close. */
  handOver(socket: Duplex): void {
    this.#owed.delete(socket);
  }

  /** To be called for each request, before anything is answered. */
  begin(response: ServerResponse): void {
    // The response itself has no socket yet while answers to earlier requests are still owed.
    const { socket } = response.req;
    const owed = this.#owed.get(socket);
    if (owed === undefined) return;
    owed.add(response);
    if (this.#isStopping) response.setHeader('connection', 'close');
    response.once('close', () => {
      owed.delete(response);
      if (this.#isStopping && owed.size === 0) endAndDestroy(socket);
    });
  }

  /** Answers owed on this connection, oldest first. */
  owedOn(socket: Duplex): readonly ServerResponse[] {
    return [...(this.#owed.get(socket) ?? [])];
  }

  /** Closes each connection as soon as nothing is owed on it. */
  stop(): void {
    this.#isStopping = true;
    for (const [socket, owed] of this.#owed) {
      if (owed.size === 0) endAndDestroy(socket);
      for (const response of owed) if (!response.headersSent) response.setHeader('connection', 'close');
    }
  }
}

/** Closes a connection once what was written has left, without waiting for the other side to close it too. */
export function endAndDestroy(socket: Duplex): void {
  socket.end(() => socket.destroy());
}
