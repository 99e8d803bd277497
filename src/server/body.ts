import type { HttpExchange } from './answer.ts';
import { HttpError } from './http-error.ts';

export interface BodyLimits {
  readonly maxBytes: number;
  /** From the request's headers to the last byte of its body. */
  readonly timeoutMs: number;
}

/** The client went away before its request or its answer was complete; there is nobody to answer. */
export class ClientGone extends Error {
  override readonly name = 'ClientGone';
}

/**
 * Reads a body of bounded size in bounded time. A length that is announced too large is refused without reading a byte,
 * any other at the first byte over the limit; what follows stays unread. Throws HttpError 413 or 408, or ClientGone.
 */
export async function readBody(
  { request, response }: HttpExchange,
  { maxBytes, timeoutMs }: BodyLimits,
): Promise<Buffer> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > maxBytes) throw tooLarge(`${announced} bytes`, maxBytes);
  if (request.headers.expect !== undefined) response.writeContinue();
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  const chunks: Buffer[] = [];
  let received = 0;
  const onData = (chunk: Buffer): void => {
    received += chunk.length;
    if (received > maxBytes) reject(tooLarge(`more than ${maxBytes} bytes`, maxBytes));
    else chunks.push(chunk);
  };
  const onGone = (): void => reject(new ClientGone('the connection ended within a request'));
  const onEnd = (): void => {
    request.off('close', onGone);
    resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, received));
  };
  const timer = setTimeout(() => reject(tooSlow(received, timeoutMs)), timeoutMs);
  request.on('data', onData).once('end', onEnd).once('error', onGone).once('close', onGone);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    request.off('data', onData).off('end', onEnd).off('error', onGone).off('close', onGone);
    if (!request.complete) request.pause();
  }
}

function tooLarge(received: string, maxBytes: number): HttpError {
  return new HttpError('COST_LIMIT', `received a body of ${received}, wanted at most ${maxBytes} bytes`, {
    status: 413,
  });
}

function tooSlow(received: number, timeoutMs: number): HttpError {
  const message = `received ${received} bytes of a body within ${timeoutMs} ms, wanted all of it`;
  return new HttpError('BAD_USER_INPUT', message, { status: 408 });
}
