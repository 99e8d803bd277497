/** A Decimal128 as the MongoDB driver gives it, in what a reader can tell it by. */
class DriverDecimal {
  readonly bytes = new Uint8Array(16);
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  get _bsontype(): string {
    return 'Decimal128';
  }

  toString(): string {
    return this.#text;
  }
}

export function driverDecimal(text: string): object {
  return new DriverDecimal(text);
}
