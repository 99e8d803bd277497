import { isAbsolute, resolve } from 'node:path';
import { z } from 'zod';
import { nearestName } from './config-problems.ts';
import { quoted } from './domain/errors.ts';
import { ROLES } from './domain/viewer.ts';

/** An object without other keys; each unknown key becomes a line of its own, which `problemLines` puts a path before. */
export function strict<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return 'a mapping';
      const known = Object.keys(shape);
      return issue.keys.map((key) => `${keyPath(key)}: ${unknownKey(key, known)}`).join('\n');
    },
  });
}

function unknownKey(key: string, known: readonly string[]): string {
  return `received an unknown key, the nearest known one is ${nearestName(key, known)}`;
}

export function listOf<Item extends z.ZodType>(item: Item, what: string) {
  return z.array(item, { error: `a list of ${what}` }).max(10_000, { error: `at most 10000 ${what}` });
}

/** Refuses a list in which two mappings have the same value of a key. */
export function unique<Key extends string>(key: Key): [(items: readonly object[]) => boolean, { error: string }] {
  const isUnique = (items: readonly object[]) => {
    const values = items.map((item) => Object.entries(item).find(([each]) => each === key)?.[1]);
    const present = values.filter((value) => value !== undefined);
    return new Set(present).size === present.length;
  };
  return [isUnique, { error: `a different ${key} in each` }];
}

export function text() {
  const wanted = 'a text of 1 to 1000 characters';
  return z.string({ error: wanted }).min(1, { error: wanted }).max(1000, { error: wanted });
}

export function name() {
  const wanted = 'a name of letters, digits, dots, - and _';
  return z.string({ error: wanted }).regex(/^[A-Za-z0-9][\w.-]{0,63}$/, { error: wanted });
}

export function variableName() {
  const wanted = 'the name of an environment variable';
  return z.string({ error: wanted }).regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, { error: wanted });
}

export function oneOf<const Values extends readonly string[]>(values: Values) {
  return z.enum(values, { error: `one of ${values.join(', ')}` });
}

export function roles() {
  return listOf(oneOf(ROLES), 'roles').min(1, { error: 'at least one role' });
}

export function flag() {
  return z.boolean({ error: 'true or false' });
}

export function count() {
  const wanted = 'a whole number of at least 1';
  return z.number({ error: wanted }).int({ error: wanted }).min(1, { error: wanted });
}

/** Two bounds, the least first, of at most ten minutes in milliseconds. */
export function range() {
  const wanted = 'two whole numbers of 0 to 600000, the least first';
  const bound = () =>
    z.number({ error: wanted }).int({ error: wanted }).min(0, { error: wanted }).max(600_000, { error: wanted });
  return z.tuple([bound(), bound()], { error: wanted }).refine(([least, most]) => least <= most, { error: wanted });
}

export function pathFrom(folder: string) {
  return text().transform((path) => (isAbsolute(path) ? path : resolve(folder, path)));
}

/** Addresses of a venue or vendor end before the question mark; placeholders like {code} may stand in the path. */
export function url(protocols: readonly string[]) {
  const wanted = `an address with ${protocols.map((protocol) => `${protocol}//`).join(' or ')} and without ? and #`;
  return z
    .string({ error: wanted })
    .refine((address) => isUrl(address, protocols) && !/[?#]/.test(address), { error: wanted });
}

export function proxy() {
  const protocols = ['http:', 'https:', 'socks5:'];
  const wanted = `tunnel or an address with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`;
  return z
    .string({ error: wanted })
    .refine((address) => address === 'tunnel' || isUrl(address, protocols), { error: wanted });
}

/** What stands for a code in the host would ask hosts that nobody has named; user and password are read decoded. */
function isUrl(address: string, protocols: readonly string[]): boolean {
  const url = URL.parse(address);
  if (url === null || !protocols.includes(url.protocol) || /[{}]/.test(url.host)) return false;
  return isDecodable(url.username) && isDecodable(url.password);
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/** A key as it stands in a path like `sources[1].vendor`, with the dot before it. */
export function keyPath(key: string): string {
  return /^\w{1,64}$/.test(key) ? `.${key}` : `[${quoted(key)}]`;
}
