/** No figure is longer; of longer texts the pattern below would take its time. */
const MOST_DIGITS = 64;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
/** What vendors write where they have no figure. */
const MISSING = /^(?:|-|--|nan|null|none)$/i;

/**
 * A figure as a vendor writes it, a number or a text. NaN stands for a missing one, Infinity for what is no finite
 * number and therefore a fault.
 */
export function toFigure(value: unknown): number {
  if (typeof value === 'number') return Number.isNaN(value) ? Number.POSITIVE_INFINITY : value;
  if (value === null || value === undefined) return Number.NaN;
  if (typeof value === 'bigint') return Number(value);
  // A text, or a number of BSON that has more digits than a double.
  const text = typeof value === 'string' || isBoxed(value) ? String(value).trim() : '?';
  if (MISSING.test(text)) return Number.NaN;
  return numberOf(text);
}

/** A text as a decimal number; Infinity for whatever is none. Never reads `0x10` or `1,5` as a number. */
export function numberOf(text: string): number {
  return text.length <= MOST_DIGITS && NUMBER.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
}

function isBoxed(value: unknown): boolean {
  return typeof value === 'object' && value !== null && '_bsontype' in value;
}
