import fc from 'fast-check';

/** A value of JSON that is a text, a number, null, true or false. */
const VALUE = /(?<=[:[,]\s*)(?:"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|null|true|false)(?=\s*[,\]}])/g;

const number = fc.oneof(
  fc.double().map(String),
  fc.bigInt().map(String),
  fc.tuple(fc.bigInt(), fc.nat(), fc.integer({ min: -99, max: 99 })).map(([whole, part, e]) => `${whole}.${part}e${e}`),
);
const oddText = fc.constantFrom(
  ...['', 'NaN', 'Infinity', '-0', '-0.0', '0x1f', '__proto__', 'constructor', ' 1', '1_000', '1e-9'],
  `1${'0'.repeat(80)}`,
);
/** As JSON: numbers with and without quotes among them. */
const odd = fc.oneof(
  number,
  fc.oneof(number, oddText).map((text) => JSON.stringify(text)),
  fc.constantFrom('null', '0', '-0', '-1', '1e300'),
  fc.json(),
);

/** Whatever may come in where the frames are expected: those in which values or characters are others, and anything else. */
export function anyFrame(frames: readonly string[]): fc.Arbitrary<string> {
  const frame = fc.constantFrom(...frames);
  const withOtherValues = fc
    .tuple(frame, fc.array(fc.tuple(fc.nat(), odd), { maxLength: 4 }))
    .map(([text, changes]) => changes.reduce((changed, [at, value]) => replaceValue(changed, at, value), text));
  const change = fc.tuple(fc.nat(), fc.nat({ max: 3 }), fc.string({ maxLength: 3, unit: 'binary' }));
  const withOtherCharacters = fc.tuple(frame, fc.array(change, { maxLength: 4 })).map(([text, changes]) =>
    changes.reduce((changed, [at, length, inserted]) => {
      const start = at % (changed.length + 1);
      return changed.slice(0, start) + inserted + changed.slice(start + length);
    }, text),
  );
  const half = fc.tuple(frame, fc.nat()).map(([text, at]) => text.slice(0, at % text.length));
  return fc.oneof(fc.string({ unit: 'binary' }), fc.json(), frame, half, withOtherCharacters, withOtherValues);
}

function replaceValue(text: string, at: number, value: string): string {
  const values = [...text.matchAll(VALUE)];
  const place = values[at % Math.max(1, values.length)];
  if (place === undefined) return text;
  return text.slice(0, place.index) + value + text.slice(place.index + place[0].length);
}
