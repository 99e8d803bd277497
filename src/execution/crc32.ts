import { crc32 } from 'node:zlib';

/** What of some bytes is needed to compute the CRC-32 of a text that they are the end of. */
export interface PartialCrc {
  readonly crc: number;
  /** x to the power of eight times the length, modulo the polynomial. */
  readonly shift: number;
}

/** Of RFC 1952, its bits reversed as everywhere here: the highest bit stands for x to the power of 0. */
const POLYNOMIAL = 0xedb88320;
const ONE = 0x80000000;

/** x to the powers of 1, 2, 4, 8 and so on. */
const POWERS: readonly number[] = Array.from({ length: 31 }).reduce<number[]>(
  (powers) => [...powers, times(powers.at(-1) ?? 0, powers.at(-1) ?? 0)],
  [ONE >>> 1],
);

export function partialCrcOf(bytes: Buffer): PartialCrc {
  return { crc: crc32(bytes), shift: shiftOf(bytes.length) };
}

/** The CRC-32 of two texts one behind the other from that of the first, as crc32_combine of zlib. */
export function joinCrc(first: number, second: PartialCrc): number {
  return (times(second.shift, first) ^ second.crc) >>> 0;
}

/** The power of x that moves a remainder by so many bytes. */
function shiftOf(length: number): number {
  let shift = ONE;
  // Eight bits a byte: from the third power on.
  for (let rest = length, power = 3; rest > 0; rest = Math.floor(rest / 2), power++) {
    if (rest % 2 === 1) shift = times(POWERS[power % POWERS.length] ?? ONE, shift);
  }
  return shift;
}

/** The product of two polynomials over the field of two elements, modulo the polynomial. */
function times(left: number, right: number): number {
  let product = 0;
  let shifted = right;
  for (let bit = ONE; bit !== 0; bit >>>= 1) {
    if ((left & bit) !== 0) product ^= shifted;
    shifted = (shifted & 1) === 1 ? (shifted >>> 1) ^ POLYNOMIAL : shifted >>> 1;
  }
  return product >>> 0;
}
