export type JsonObject = Readonly<Record<string, unknown>>;

/** The object that a JSON text is; undefined for any other text. */
export function parseObject(text: string): JsonObject | undefined {
  const parsed = parseJson(text);
  return isObject(parsed) ? parsed : undefined;
}

/** What a JSON text says; undefined for a text that is none. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * A string, or a number. The closing quote may be missing, so that a text of which it is cut off is not looked through
 * again from each of its quotes.
 */
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"?|-?\d[\d.eE+-]*/gs;

/**
 * As parseJson, with each number as the text that it was written as: `9.2E-7`, `100182534526255757567432481`, `1.10`. A
 * JavaScript number keeps neither long ids nor trailing zeros.
 */
export function parseExactJson(text: string): unknown {
  const exact = withNumbersAsTexts(text);
  return exact === undefined ? undefined : parseJson(exact);
}

export function isObject(received: unknown): received is JsonObject {
  return typeof received === 'object' && received !== null && !Array.isArray(received);
}

/** Undefined for a text with a string of so many escapes, millions, that the expression cannot be matched. */
function withNumbersAsTexts(text: string): string | undefined {
  try {
    return text.replace(STRING_OR_NUMBER, (part) => (part.startsWith('"') ? part : `"${part}"`));
  } catch {
    return undefined;
  }
}
