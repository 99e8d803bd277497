import type { Agent, IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http';
import { request } from 'node:http';
import { connect } from 'node:net';

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly text: string;
}

export interface HttpRequest {
  readonly url: string;
  readonly method?: string;
  /** Host and Origin too, which fetch would not let one set. */
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
  readonly agent?: Agent;
}

/** One request through node:http; resolves when the whole answer is there, even if the server then cuts the connection. */
export function ask({ url, method = 'GET', headers = {}, body, agent }: HttpRequest): Promise<HttpAnswer> {
  const { promise, resolve, reject } = Promise.withResolvers<HttpAnswer>();
  const outgoing = request(url, { method, headers, ...(agent !== undefined && { agent }) }, (incoming) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.once('error', reject);
    incoming.once('end', () => {
      const received = Buffer.concat(chunks);
      const { statusCode = 0, headers: answered } = incoming;
      resolve({ status: statusCode, headers: answered, body: received, text: received.toString('utf8') });
    });
  });
  outgoing.once('error', reject);
  outgoing.end(body);
  return promise;
}

export interface RawConnection {
  write(bytes: string | Buffer): void;
  /** Waits until all that was received matches. Rejects when the connection ends before. */
  received(pattern: RegExp): Promise<string>;
  /** Waits until the server has ended the connection, and answers all that was received. */
  closed(): Promise<string>;
  destroy(): void;
}

/** A bare connection: for what no HTTP client would send. */
export function connectRaw(port: number): RawConnection {
  const socket = connect({ port, host: '127.0.0.1' });
  const { promise: ended, resolve } = Promise.withResolvers<string>();
  let text = '';
  socket.on('data', (chunk: Buffer) => {
    text += chunk.toString('latin1');
  });
  // A reset after the answer is the server's right; what was received counts.
  socket.on('error', () => {});
  socket.once('close', () => resolve(text));
  return {
    write: (bytes) => socket.write(bytes),
    received: (pattern) => {
      const { promise, resolve: found, reject } = Promise.withResolvers<string>();
      const look = (): void => {
        if (!pattern.test(text)) return;
        socket.off('data', look);
        found(text);
      };
      socket
        .on('data', look)
        .once('close', () => reject(new Error(`the connection ended after ${JSON.stringify(text)}`)));
      look();
      return promise;
    },
    closed: () => ended,
    destroy: () => socket.destroy(),
  };
}
