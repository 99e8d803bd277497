import { unescape as decode } from 'node:querystring';

const SHORTEST_SECRET = 6;

/**
 * Takes out of a text what a URL may hold that nobody else should read: user, password and the values of its query.
 * Values of a few characters are no secrets, and to take them out would garble every text. `others` are treated as the
 * values of a query are, and found within JSON, too.
 */
export function createSecretFilter(url: URL, others: readonly string[] = []): (text: string) => string {
  const values = [...url.searchParams.values(), url.username, decode(url.username), ...others];
  const spellings = values.flatMap((value) => [value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1)]);
  const secrets = [
    ...spellings.filter(({ length }) => length >= SHORTEST_SECRET),
    ...[url.password, decode(url.password), url.search].filter(({ length }) => length > 1),
  ].toSorted((left, right) => right.length - left.length);
  return (text) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '(hidden)'), text);
}

/** What in a frame that logs in looks like a key or a signature: long texts without a space or a point. */
export function secretsIn(frame: string): readonly string[] {
  return [...frame.matchAll(/"([\w+/=-]{20,})"/g)].map(([, text = '']) => text);
}
