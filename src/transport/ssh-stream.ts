import { Duplex } from 'node:stream';
import type { ClientChannel } from 'ssh2';

/**
 * A forwarded connection as a stream that keeps Node's rules. A channel of ssh2 does not: it never closes before all of
 * it was read, calls no write back that came too late, and takes no error (1.17.0).
 */
export class SshStream extends Duplex {
  readonly #channel: ClientChannel;
  #isClosed = false;
  #written: (() => void) | undefined;

  constructor(channel: ClientChannel) {
    super({ allowHalfOpen: true });
    this.#channel = channel;
    channel.on('data', (bytes: Buffer) => {
      if (!this.destroyed && !this.push(bytes)) channel.pause();
    });
    channel.once('end', () => this.push(null));
    channel.once('close', () => this.#closed());
    channel.on('error', (error: Error) => this.destroy(error));
    // Nothing is to come there, and what came all the same would hold up the rest.
    channel.stderr.resume();
  }

  override _read(): void {
    this.#channel.resume();
  }

  override _write(bytes: Buffer, _encoding: BufferEncoding, callback: (error?: Error) => void): void {
    if (this.#isClosed) {
      callback(new Error('the connection was closed by the other side'));
    } else {
      this.#written = callback;
      this.#channel.write(bytes, () => this.#wrote());
    }
  }

  override _final(callback: () => void): void {
    this.#channel.end();
    callback();
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    // Read to its end: only then does the channel close.
    this.#channel.resume();
    this.#channel.destroy();
    callback(error);
  }

  #wrote(): void {
    const written = this.#written;
    this.#written = undefined;
    written?.();
  }

  /** The other side takes nothing more; what has come from it can still be read. */
  #closed(): void {
    this.#isClosed = true;
    this.#wrote();
    this.end();
  }
}
