const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;

/** Decimals of up to so many digits all differ as doubles: the one that is a double is the shortest text of it. */
const EXACT_BELOW = 1e15;
const UINT32_BELOW = 2 ** 32;
/** Of what is smaller ten thousand times as much is no more than 32 bits. */
const PRICE_BELOW = 400_000;

/** '00', '01' to '99' as numbers of two bytes, the first digit in the lower one: dividing by a hundred is as expensive as by ten. */
const PAIRS = Uint16Array.from({ length: 100 }, (_, pair) => (ZERO + (pair % 10)) * 256 + ZERO + Math.floor(pair / 10));

/** Bytes that no number exceeds: `-0.0000012345678901234567`. */
export const NUMBER_BYTES = 25;

/** Writes a finite number as JSON.stringify does and answers where it ends. */
export function writeNumber(view: DataView, at: number, value: number): number {
  if (value < 0) view.setUint8(at++, MINUS);
  const size = Math.abs(value);
  if (size < UINT32_BELOW) {
    const whole = size >>> 0;
    if (whole === size) return writeUint32(view, at, whole);
    if (size < PRICE_BELOW) {
      const tenThousandths = (size * 10_000 + 0.5) >>> 0;
      if (tenThousandths / 10_000 === size) return writeTenThousandths(view, at, tenThousandths);
    }
  }
  if (size < EXACT_BELOW) {
    if (Math.floor(size) === size) return writeInteger(view, at, size);
    const hundredths = Math.round(size * 100);
    if (hundredths < EXACT_BELOW && hundredths / 100 === size) return writeHundredths(view, at, hundredths);
    const millionths = Math.round(size * 1e6);
    if (millionths < EXACT_BELOW && millionths / 1e6 === size) return writeMillionths(view, at, millionths);
  }
  return writeText(view, at, String(size));
}

/** An integer from 0 to 1e15. */
function writeInteger(view: DataView, at: number, value: number): number {
  if (value < UINT32_BELOW) return writeUint32(view, at, value >>> 0);
  const high = Math.floor(value / 1e8);
  const low = (value - high * 1e8) >>> 0;
  const middle = writeInteger(view, at, high);
  const upper = (low / 10_000) >>> 0;
  writeFourDigits(view, middle, upper);
  writeFourDigits(view, middle + 4, low - upper * 10_000);
  return middle + 8;
}

function writeUint32(view: DataView, at: number, value: number): number {
  if (value >= 10_000) {
    const upper = (value / 10_000) >>> 0;
    const end = writeUint32(view, at, upper);
    writeFourDigits(view, end, value - upper * 10_000);
    return end + 4;
  }
  if (value >= 100) {
    const hundreds = (value / 100) >>> 0;
    const end = writeUpTo99(view, at, hundreds);
    writePair(view, end, value - hundreds * 100);
    return end + 2;
  }
  return writeUpTo99(view, at, value);
}

function writeUpTo99(view: DataView, at: number, value: number): number {
  if (value >= 10) {
    writePair(view, at, value);
    return at + 2;
  }
  view.setUint8(at, ZERO + value);
  return at + 1;
}

function writeTenThousandths(view: DataView, at: number, tenThousandths: number): number {
  const whole = (tenThousandths / 10_000) >>> 0;
  const point = writeUint32(view, at, whole);
  view.setUint8(point, POINT);
  writeFourDigits(view, point + 1, tenThousandths - whole * 10_000);
  return withoutZeros(view, point + 5);
}

function writeHundredths(view: DataView, at: number, hundredths: number): number {
  const whole = Math.floor(hundredths / 100);
  const point = writeInteger(view, at, whole);
  view.setUint8(point, POINT);
  writePair(view, point + 1, hundredths - whole * 100);
  return withoutZeros(view, point + 3);
}

function writeMillionths(view: DataView, at: number, millionths: number): number {
  const whole = Math.floor(millionths / 1e6);
  const part = millionths - whole * 1e6;
  const upper = (part / 100) >>> 0;
  const point = writeInteger(view, at, whole);
  view.setUint8(point, POINT);
  writeFourDigits(view, point + 1, upper);
  writePair(view, point + 5, part - upper * 100);
  return withoutZeros(view, point + 7);
}

/** Where a fraction ends that is not zero. */
function withoutZeros(view: DataView, end: number): number {
  let shortened = end;
  while (view.getUint8(shortened - 1) === ZERO) shortened--;
  return shortened;
}

function writeFourDigits(view: DataView, at: number, value: number): void {
  const hundreds = (value / 100) >>> 0;
  writePair(view, at, hundreds);
  writePair(view, at + 2, value - hundreds * 100);
}

/** Two digits of a number below 100. */
export function writePair(view: DataView, at: number, value: number): void {
  view.setUint16(at, PAIRS[value] ?? 0, true);
}

/** Text of ASCII characters. */
export function writeText(view: DataView, at: number, text: string): number {
  for (let index = 0; index < text.length; index++) view.setUint8(at + index, text.charCodeAt(index));
  return at + text.length;
}
