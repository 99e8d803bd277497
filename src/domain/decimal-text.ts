const NUMBER = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,4}))?$/;
const MAX_LENGTH = 64;

/**
 * A number as decimal text without exponent: every digit of the text is kept, trailing zeros included. Undefined for
 * what is no finite number, or would take more than 64 characters.
 */
export function toDecimalText(received: number | bigint | string): string | undefined {
  const text = String(received);
  const match = text.length > MAX_LENGTH ? null : NUMBER.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (digits === '' || point > MAX_LENGTH || point < -MAX_LENGTH) return undefined;

  const before =
    digits
      .slice(0, Math.max(point, 0))
      .padEnd(point, '0')
      .replace(/^0+(?=\d)/, '') || '0';
  const after = '0'.repeat(Math.max(-point, 0)) + digits.slice(Math.max(point, 0));
  const unsigned = after === '' ? before : `${before}.${after}`;
  if (unsigned.length > MAX_LENGTH) return undefined;
  return sign === '-' && /[1-9]/.test(unsigned) ? `-${unsigned}` : unsigned;
}

/** The exact difference of two decimal texts, with as many decimals as the longer of them. */
export function subtractDecimals(from: string, amount: string): string {
  const scale = Math.max(decimalsOf(from), decimalsOf(amount));
  const difference = scaled(from, scale) - scaled(amount, scale);
  const sign = difference < 0n ? '-' : '';
  const digits = String(difference < 0n ? -difference : difference).padStart(scale + 1, '0');
  const point = digits.length - scale;
  return sign + (scale === 0 ? digits : `${digits.slice(0, point)}.${digits.slice(point)}`);
}

function decimalsOf(decimal: string): number {
  const point = decimal.indexOf('.');
  return point < 0 ? 0 : decimal.length - point - 1;
}

function scaled(decimal: string, scale: number): bigint {
  return BigInt(decimal.replace('.', '') + '0'.repeat(scale - decimalsOf(decimal)));
}
