import type { Socket } from 'node:net';
import { settled } from './http-stream.ts';

export interface SocksConversationOptions {
  readonly signal: AbortSignal;
  /** Who speaks at the other end, for errors. */
  readonly other: string;
}

/** Bytes to and fro over a socket before it becomes a stream of something else. */
export class SocksConversation {
  readonly #socket: Socket;
  readonly #options: SocksConversationOptions;
  #heard = Buffer.alloc(0);

  constructor(socket: Socket, options: SocksConversationOptions) {
    this.#socket = socket;
    this.#options = options;
  }

  say(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  /** So many bytes, once they are there. Rejects, and destroys the socket, when it ends or the signal aborts before. */
  async hear(length: number): Promise<Buffer> {
    while (this.#heard.length < length) {
      // All there is: a stream that keeps a part back says at once, and again and again, that it can be read.
      const bytes: Buffer | null = this.#socket.read();
      if (bytes !== null) this.#heard = Buffer.concat([this.#heard, bytes]);
      else if (this.#socket.readableEnded) throw new Error(`${this.#options.other} closed the connection`);
      else await settled(this.#socket, 'readable', this.#options.signal);
    }
    const bytes = this.#heard.subarray(0, length);
    this.#heard = this.#heard.subarray(length);
    return bytes;
  }

  /** What was heard and belongs to the stream goes back into it. */
  end(): void {
    if (this.#heard.length > 0) this.#socket.unshift(this.#heard);
  }
}
