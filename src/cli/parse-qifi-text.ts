/**
 * One JSON document, with what JSON.parse alone would lose or refuse: whole numbers beyond 2^53 become bigint, so that
 * nanoseconds keep their digits, and the NaN and Infinity that Python's json.dumps writes become texts, which no reader
 * takes for a figure. Throws a SyntaxError for what is no JSON, and a RangeError for what is nested too deeply.
 */
export function parseQifiText(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    const quoted = text.replace(STRING_OR_NOT_A_NUMBER, (found) => (found.startsWith('"') ? found : `"${found}"`));
    if (quoted === text) throw error;
    return parseJson(quoted);
  }
}

function parseJson(text: string): unknown {
  return LONG_NUMBER.test(text) ? JSON.parse(text, keepDigits) : JSON.parse(text);
}

const LONG_NUMBER = /\d{16}/;
const STRING_OR_NOT_A_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\b(?:NaN|Infinity)\b/g;

/** JSON.parse tells a reviver the text of a number; TypeScript's own types do not know it yet. */
function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const isRounded = typeof value === 'number' && !Number.isSafeInteger(value) && Number.isInteger(value);
  const source = context?.source;
  return isRounded && source !== undefined && /^-?\d+$/.test(source) ? BigInt(source) : value;
}
