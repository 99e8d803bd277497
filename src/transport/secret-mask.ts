const HIDDEN = '(hidden)';
/** Shorter ones would be found everywhere. */
const SHORTEST_SECRET = 6;

/** What may not be read by others, whatever its value, by the name of a header, a parameter or a field. */
const SECRET_NAME =
  '[\\w.$-]*(?:api-?_?key|access-?_?key|secret|sign(?:ature)?|passphrase|passwd|password|token|listen-?_?key|authorization|cookie|credential)[\\w.$-]*';
const WHOLE_NAME = new RegExp(`^(?:${SECRET_NAME}|key)$`, 'i');
/** `signature=…` in a query or a form, at its beginning or behind & or a question mark. */
const IN_QUERY = new RegExp(`(^|[?&\\s])(${SECRET_NAME}|key)=[^&\\s]*`, 'gi');
/** `"signature":"…"` in JSON, its value a text or a number. A text may be cut at the end of what there is. */
const IN_JSON = new RegExp(`("(?:${SECRET_NAME}|key)"\\s*:\\s*)(?:"(?:[^"\\\\]|\\\\.)*(?:"|\\\\?$)|[\\w.+-]+)`, 'gi');

/** Takes secrets out of texts. */
export interface SecretMask {
  /** Of a text with a query, a form or JSON in it. */
  text(text: string): string;
  /** Of a header, by its name. */
  header(name: string, value: string): string;
}

/** Hides what has the name of a secret, and the values of these secrets wherever they stand. */
export function createSecretMask(secrets: readonly string[]): SecretMask {
  const values = secrets
    .flatMap((secret) => [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)])
    .filter(({ length }) => length >= SHORTEST_SECRET)
    .toSorted((left, right) => right.length - left.length);
  const withoutValues = (text: string): string => values.reduce((rest, value) => rest.replaceAll(value, HIDDEN), text);
  const text = (given: string): string =>
    withoutValues(given).replace(IN_QUERY, `$1$2=${HIDDEN}`).replace(IN_JSON, `$1"${HIDDEN}"`);
  return { text, header: (name, value) => (WHOLE_NAME.test(name) ? HIDDEN : text(value)) };
}
