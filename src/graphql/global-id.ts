import { badUserInput, quoted } from '../domain/errors.ts';

/** An opaque id that names its type, so that `node(id:)` knows where to look. */
export function encodeId(typename: string, key: string): string {
  return Buffer.from(`${typename}:${key}`).toString('base64url');
}

/** Fails with BAD_USER_INPUT for a text that `encodeId` cannot have made. */
export function decodeId(id: string): { typename: string; id: string } {
  const text = Buffer.from(id, 'base64url').toString();
  const colon = text.indexOf(':');
  if (colon <= 0 || Buffer.from(text).toString('base64url') !== id) {
    throw badUserInput(`received the id ${quoted(id)}, wanted an id that this server gave out`);
  }
  return { typename: text.slice(0, colon), id: text.slice(colon + 1) };
}

/** A key of several parts, written so that no two lists of parts read the same. */
export function encodeKey(...parts: readonly (string | number)[]): string {
  return JSON.stringify(parts);
}

/** The parts of a key, or undefined for a text that `encodeKey` cannot have made. */
export function decodeKey(key: string): readonly (string | number)[] | undefined {
  try {
    const parts: unknown = JSON.parse(key);
    const isKey = Array.isArray(parts) && parts.every((part) => typeof part === 'string' || typeof part === 'number');
    return isKey ? parts : undefined;
  } catch {
    return undefined;
  }
}
