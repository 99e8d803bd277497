import { CodedError, quoted } from '../domain/errors.ts';

/** What a vendor answered, before anything is known of it. */
export interface Reply {
  readonly bytes: Uint8Array;
  /** The header Content-Type. */
  readonly contentType?: string | undefined;
}

/**
 * What came back is no usable series. `wanted` says what would have been. `received` is for clients and repeats nothing
 * of a reply that is not `echoed`; `fragment`, what it is about, stands shortened in the cause, for the log.
 */
export function invalidReply(received: string, wanted: string, fragment?: unknown): CodedError {
  const words = Array.isArray(fragment) ? fragment.slice(0, 10).map(wordOf).join(',') : wordOf(fragment);
  const cause = fragment === undefined ? undefined : new Error(`the reply has ${quoted(words)}`);
  return new CodedError('DATA_INVALID', `received ${received}, wanted ${wanted}`, { cause });
}

/** A text or a number as a text; '' for anything else, of which nobody knows how deep it is. */
export function wordOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** A word of a reply as errors may repeat it: letters and digits that could be a code, or nothing of it. */
export function echoed(word: unknown): string {
  const text = wordOf(word);
  return /^[A-Za-z0-9^][A-Za-z0-9.^=-]{0,15}$/.test(text) ? text : 'something else';
}

/** The number of an error as errors may repeat it. */
export function errorNumber(code: unknown): string {
  const text = wordOf(code);
  return /^-?\d{1,8}$/.test(text) ? text : 'without a number';
}

/** What came back looks like an answer and is none: the vendor holds back, or has a fault of its own. */
export function heldBack(received: string): CodedError {
  return new CodedError('UPSTREAM_UNAVAILABLE', `received ${received}, which is no answer`);
}

/**
 * The text of a reply, in the charset that it declares. Without one UTF-8, and GB18030 for what is none: Sina's older
 * pages are written in it and do not say so. GBK and GB2312 are read as GB18030, which holds both.
 */
export function textOf({ bytes, contentType = '' }: Reply): string {
  const declared = /charset\s*=\s*"?([\w-]+)/i.exec(contentType)?.[1]?.toLowerCase();
  if (declared !== undefined && /^(gb\w*|utf-?16(le|be)?|big5|latin1|iso-8859-1)$/.test(declared)) {
    return decode(bytes, declared.startsWith('gb') ? 'gb18030' : declared);
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return decode(bytes, declared === undefined ? 'gb18030' : 'utf-8');
  }
}

function decode(bytes: Uint8Array, label: string): string {
  return new TextDecoder(label).decode(bytes);
}

/**
 * The JSON in a reply, also where it is wrapped into JavaScript: `name={...};`, `var _=([...]);`, `callback({...})`.
 * The JavaScript is never run: what lies between the first bracket and its last partner is parsed. Fails with
 * DATA_INVALID.
 */
export function jsonOf(reply: Reply): unknown {
  return parseWrapped(textOf(reply));
}

function parseWrapped(text: string): unknown {
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  if (trimmed.startsWith('<')) throw invalidReply('a page of HTML', 'JSON');
  const bare = trimmed.replace(/^(?:\/\*[\s\S]*?\*\/\s*)+/, '');
  const start = bare.search(/[[{]/);
  // Sina's way to say that it has nothing.
  if (start === -1 && /^[\w\s.$=(]*\bnull\b[\s);]*$/.test(bare)) return null;
  const end = bare[start] === '[' ? bare.lastIndexOf(']') : bare.lastIndexOf('}');
  if (start === -1 || end < start || !/^[\s);]*$/.test(bare.slice(end + 1))) throw noJson(text);
  try {
    return JSON.parse(bare.slice(start, end + 1));
  } catch {
    throw noJson(text);
  }
}

function noJson(text: string): CodedError {
  return invalidReply(`${text.length} characters that are no JSON`, 'JSON');
}

/** Whether a value has fields that can be read by name. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The value as a record; fails with DATA_INVALID, naming what it should be. */
export function recordOf(value: unknown, wanted: string): Readonly<Record<string, unknown>> {
  if (!isRecord(value)) throw invalidReply(kindOf(value), wanted);
  return value;
}

/** The value as a list; fails with DATA_INVALID, naming what it should be. */
export function listOf(value: unknown, wanted: string): readonly unknown[] {
  if (!Array.isArray(value)) throw invalidReply(kindOf(value), wanted);
  return value;
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
