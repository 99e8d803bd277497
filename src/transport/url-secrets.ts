import { unescape as decode } from 'node:querystring';

const SHORTEST_SECRET = 6;

/**
 * Takes out of a text what a URL may hold that nobody else should read: user, password and the values of its query.
 * Values of a few characters are no secrets, and to take them out would garble every text.
 */
export function createSecretFilter(url: URL): (text: string) => string {
  const values = [...url.searchParams.values(), url.username, decode(url.username)];
  const secrets = [
    ...values.flatMap((value) => [value, encodeURIComponent(value)]).filter(({ length }) => length >= SHORTEST_SECRET),
    ...[url.password, decode(url.password), url.search].filter(({ length }) => length > 1),
  ].toSorted((left, right) => right.length - left.length);
  return (text) => secrets.reduce((rest, secret) => rest.replaceAll(secret, '(hidden)'), text);
}
