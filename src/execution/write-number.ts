const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;

/** Decimals of up to so many digits all differ as doubles: the one that is a double is the shortest text of it. */
const EXACT_BELOW = 1e15;
const UINT32_BELOW = 2 ** 32;
/** Of what is smaller ten thousand times as much is no more than 32 bits. */
const PRICE_BELOW = 400_000;

/** '00', '01' to '99' in a row: dividing by a hundred is as expensive as by ten. */
const PAIRS = Uint8Array.from({ length: 200 }, (_, at) => ZERO + (at % 2 === 0 ? Math.floor(at / 20) : (at >> 1) % 10));

/** The first one is 0, which has a digit too. */
const POWERS_OF_TEN = [0, 10, 100, 1000, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9];

/** Bytes that no number exceeds: `-0.0000012345678901234567`. */
export const NUMBER_BYTES = 25;

/** Writes a finite number as JSON.stringify does and answers where it ends. */
export function writeNumber(bytes: Uint8Array, at: number, value: number): number {
  if (value < 0) bytes[at++] = MINUS;
  const size = Math.abs(value);
  if (size < UINT32_BELOW) {
    const whole = size >>> 0;
    if (whole === size) return writeUint32(bytes, at, whole);
    if (size < PRICE_BELOW) {
      const tenThousandths = (size * 10_000 + 0.5) >>> 0;
      if (tenThousandths / 10_000 === size) return writeTenThousandths(bytes, at, tenThousandths);
    }
  }
  if (size < EXACT_BELOW) {
    if (Math.floor(size) === size) return writeInteger(bytes, at, size);
    const hundredths = Math.round(size * 100);
    if (hundredths < EXACT_BELOW && hundredths / 100 === size) return writeHundredths(bytes, at, hundredths);
    const millionths = Math.round(size * 1e6);
    if (millionths < EXACT_BELOW && millionths / 1e6 === size) return writeMillionths(bytes, at, millionths);
  }
  return writeText(bytes, at, String(size));
}

/** An integer from 0 to 1e15. */
function writeInteger(bytes: Uint8Array, at: number, value: number): number {
  if (value < UINT32_BELOW) return writeUint32(bytes, at, value >>> 0);
  const high = Math.floor(value / 1e8);
  const low = (value - high * 1e8) >>> 0;
  const middle = writeInteger(bytes, at, high);
  const upper = (low / 10_000) >>> 0;
  writeFourDigits(bytes, middle, upper);
  writeFourDigits(bytes, middle + 4, low - upper * 10_000);
  return middle + 8;
}

function writeUint32(bytes: Uint8Array, at: number, value: number): number {
  const end = at + digitsOf(value);
  let rest = value;
  let to = end;
  while (rest >= 100) {
    const hundreds = (rest / 100) >>> 0;
    to -= 2;
    writePair(bytes, to, rest - hundreds * 100);
    rest = hundreds;
  }
  if (rest >= 10) writePair(bytes, at, rest);
  else bytes[at] = ZERO + rest;
  return end;
}

/** The digits that a number of so many bits has at least, and one more from the next power of ten on. */
function digitsOf(value: number): number {
  const least = ((32 - Math.clz32(value)) * 1233) >> 12;
  return value >= (POWERS_OF_TEN[least] ?? 0) ? least + 1 : least;
}

function writeTenThousandths(bytes: Uint8Array, at: number, tenThousandths: number): number {
  const whole = (tenThousandths / 10_000) >>> 0;
  const point = writeUint32(bytes, at, whole);
  bytes[point] = POINT;
  writeFourDigits(bytes, point + 1, tenThousandths - whole * 10_000);
  return withoutZeros(bytes, point + 5);
}

function writeHundredths(bytes: Uint8Array, at: number, hundredths: number): number {
  const whole = Math.floor(hundredths / 100);
  const point = writeInteger(bytes, at, whole);
  bytes[point] = POINT;
  writePair(bytes, point + 1, hundredths - whole * 100);
  return withoutZeros(bytes, point + 3);
}

function writeMillionths(bytes: Uint8Array, at: number, millionths: number): number {
  const whole = Math.floor(millionths / 1e6);
  const part = millionths - whole * 1e6;
  const upper = (part / 100) >>> 0;
  const point = writeInteger(bytes, at, whole);
  bytes[point] = POINT;
  writeFourDigits(bytes, point + 1, upper);
  writePair(bytes, point + 5, part - upper * 100);
  return withoutZeros(bytes, point + 7);
}

/** Where a fraction ends that is not zero. */
function withoutZeros(bytes: Uint8Array, end: number): number {
  let shortened = end;
  while (bytes[shortened - 1] === ZERO) shortened--;
  return shortened;
}

function writeFourDigits(bytes: Uint8Array, at: number, value: number): void {
  const hundreds = (value / 100) >>> 0;
  writePair(bytes, at, hundreds);
  writePair(bytes, at + 2, value - hundreds * 100);
}

/** Two digits of a number below 100. */
export function writePair(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = PAIRS[2 * value] ?? ZERO;
  bytes[at + 1] = PAIRS[2 * value + 1] ?? ZERO;
}

/** Text of ASCII characters. */
export function writeText(bytes: Uint8Array, at: number, text: string): number {
  for (let index = 0; index < text.length; index++) bytes[at + index] = text.charCodeAt(index);
  return at + text.length;
}
