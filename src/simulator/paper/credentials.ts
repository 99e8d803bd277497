import { createHash, timingSafeEqual } from 'node:crypto';

/** What proves to the venue whose account it is. */
export interface PaperCredentials {
  readonly apiKey: string;
  readonly secret: string;
  readonly passphrase: string;
}

/** Takes as long whatever differs. */
export function isSameText(received: string, expected: string): boolean {
  const [first, second] = [received, expected].map((text) => createHash('sha256').update(text).digest());
  return first !== undefined && second !== undefined && timingSafeEqual(first, second);
}
