import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonSplitter, type SplitText } from '../../src/cli/json-splitter.ts';

/** Everything that the pieces hold, in the order in which it is given out. */
function split(pieces: readonly (string | Uint8Array)[], maxBytes = 10_000): SplitText[] {
  const splitter = new JsonSplitter({ maxBytes });
  return [...pieces.flatMap((piece) => splitter.push(Buffer.from(piece))), ...splitter.end()];
}

const texts = (text: string): string[] =>
  split([text]).map((each) => (each.kind === 'WHOLE' ? each.text : `${each.kind}: ${each.reason}`));
const lines = (text: string): [number, string][] =>
  split([text]).map((each) => [each.line, each.kind === 'WHOLE' ? each.text : each.reason]);

describe('JsonSplitter', () => {
  it.each([
    ['an array', '[{"a":1},{"b":2}]'],
    ['an array over lines', '[\n{"a":1},\n{"b":2}\n]\n'],
    ['lines', '{"a":1}\n{"b":2}\n'],
    ['lines of Windows', '{"a":1}\r\n{"b":2}\r\n'],
    ['lines without a last break', '{"a":1}\n{"b":2}'],
    ['lines with gaps', '\n\n{"a":1}\n\n \t{"b":2}\n'],
    ['objects after one another', '{"a":1}{"b":2} '],
    ['an array behind a byte order mark', '\uFEFF[{"a":1},{"b":2}]'],
  ])('finds the objects of %s', (_form, text) => {
    expect(texts(text)).toEqual(['{"a":1}', '{"b":2}']);
  });

  it('keeps a pretty-printed object as it stands', () => {
    const pretty = JSON.stringify([{ a: { b: [1, { c: 2 }] } }, { d: [{}, []] }], null, 2);
    expect(texts(pretty).map((text) => JSON.parse(text))).toEqual(JSON.parse(pretty));
    const objects = ['{\n  "a":\n  {\n    "b": 1\n  },\n  "c": [\n  {}\n  ]\n}', '{}'];
    expect(texts(objects.join('\n'))).toEqual(objects);
  });

  it('takes brackets, quotes and escapes within texts for text', () => {
    const documents = ['}{', '[', '"', '\\', '\\"', '\\\\"}', '转账成功 {', '\u{1f680}"'].map((text) =>
      JSON.stringify({ [text]: text }),
    );
    expect(texts(documents.join('\n'))).toEqual(documents);
  });

  it('has nothing to give out of nothing', () => {
    expect([texts(''), texts(' \n'), texts('[]'), texts('[\n]\n'), texts('\uFEFF')]).toEqual([[], [], [], [], []]);
  });

  it('counts the lines on which documents start', () => {
    expect(lines('[\n\n{"a":\n1},{"b":2},\n{"c":3}]')).toEqual([
      [3, '{"a":\n1}'],
      [4, '{"b":2}'],
      [5, '{"c":3}'],
    ]);
  });

  it('goes on behind a line that breaks off', () => {
    expect(lines('{"a":1}\n{"b":[1,{"c":2\n{"d":3}\n{"e":"x\n{"f":4}\n{"g":5')).toEqual([
      [1, '{"a":1}'],
      [2, 'it breaks off before the next document'],
      [3, '{"d":3}'],
      [4, 'a text in quotes breaks off at the end of the line'],
      [5, '{"f":4}'],
      [6, 'it breaks off at the end of the file'],
    ]);
  });

  it('goes on behind a text that ends in a backslash at the end of its line', () => {
    expect(lines('{"a":"x\\\n{"b":2}')).toEqual([
      [1, 'a text in quotes breaks off at the end of the line'],
      [2, '{"b":2}'],
    ]);
  });

  it('goes on behind a value that is no object, in an array of one line too', () => {
    expect(lines('[{"a":1},null,{"b":2}]\nhello\n{"c":3}')).toEqual([
      [1, '{"a":1}'],
      [1, 'it is no JSON object'],
      [1, '{"b":2}'],
      [2, 'it is no JSON object'],
      [3, '{"c":3}'],
    ]);
    expect(lines('{"a":1}}\n{"b":2}')).toEqual([
      [1, '{"a":1}'],
      [1, 'it is no JSON object'],
      [2, '{"b":2}'],
    ]);
  });

  it('loses only the document that lacks a bracket, and none behind it', () => {
    expect(texts('[{"a":1},\n{"x":1,"accounts":{"a":1},\n{"b":2},\n{"c":[{"d":3},\n{"e":4}]}]')).toEqual([
      '{"a":1}',
      'BROKEN: it breaks off before the next document',
      '{"b":2}',
      '{"c":[{"d":3},\n{"e":4}]}',
    ]);
    expect(texts('{"x":1,\n{"b":2}\n')).toEqual(['BROKEN: it breaks off before the next document', '{"b":2}']);
  });

  it('says that an array was cut off, even between two documents', () => {
    expect(lines('[{"a":1},\n')).toEqual([
      [1, '{"a":1}'],
      [2, 'the array breaks off at the end of the file'],
    ]);
    expect(lines('[{"a":1}]\n')).toEqual([[1, '{"a":1}']]);
  });

  it('refuses what is nested without end, and keeps nothing of it', () => {
    const nested = `{"a":${'['.repeat(100_000)}`;
    expect(texts(`${nested}\n{"b":2}\n`)).toEqual(['BROKEN: it is nested deeper than 256 levels', '{"b":2}']);
  });

  it('gives out a file that is something else as one broken text', () => {
    expect(lines('account,balance\na,1\nb,2\n')).toEqual([[1, 'it is no JSON object']]);
    expect(split([Buffer.from('\uFEFF{"a":1}', 'utf16le')])).toMatchObject([{ kind: 'BROKEN', line: 1 }]);
  });

  it('refuses what is longer than allowed, however it is cut, and goes on', () => {
    const long = `{"a":"${'x'.repeat(93)}"}`;
    expect(long).toHaveLength(101);
    for (const step of [1, 7, 1000]) {
      const whole = Buffer.from(`${long}\n${long.replace('xx', 'x')}\n{"b":2}`);
      const pieces = Array.from({ length: Math.ceil(whole.length / step) }, (_, at) =>
        whole.subarray(at * step, (at + 1) * step),
      );
      expect(split(pieces, 100)).toMatchObject([
        { kind: 'BROKEN', line: 1, reason: 'it is longer than 100 bytes' },
        { kind: 'WHOLE', line: 2 },
        { kind: 'WHOLE', line: 3, text: '{"b":2}' },
      ]);
    }
  });

  it('refuses bytes that are not UTF-8, and goes on', () => {
    const chinese = Buffer.from([0x7b, 0x22, 0xc2, 0xdd, 0x22, 0x3a, 0x31, 0x7d]); // {"螺":1} in GBK
    expect(split([chinese, '\n{"b":2}'])).toEqual([
      { kind: 'BROKEN', line: 1, reason: 'it holds bytes that are not UTF-8' },
      { kind: 'WHOLE', line: 2, text: '{"b":2}' },
    ]);
  });

  it('gives the same, wherever the bytes are cut', () => {
    const fragment = fc.oneof(
      fc.jsonValue().map((value) => JSON.stringify({ value })),
      fc.jsonValue().map((value) => JSON.stringify({ value }, null, 1)),
      fc.constantFrom(
        '\n',
        ',',
        '[',
        ']',
        ' ',
        '{',
        '}',
        '"',
        '\\',
        '\\"',
        '{"a":"',
        '转',
        '\u{1f680}',
        '\uFEFF',
        'null',
      ),
    );
    const file = fc.array(fragment, { maxLength: 12 }).map((fragments) => Buffer.from(fragments.join('')));
    fc.assert(
      fc.property(
        file,
        fc.array(fc.nat(400), { maxLength: 8 }),
        fc.integer({ min: 5, max: 60 }),
        (bytes, cuts, maxBytes) => {
          const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)), bytes.length].toSorted((a, b) => a - b);
          const pieces = places.slice(1).map((end, at) => bytes.subarray(places[at], end));
          const single = Array.from(bytes, (byte) => Uint8Array.of(byte));
          const whole = split([bytes], maxBytes);
          expect(split(pieces, maxBytes)).toEqual(whole);
          expect(split(single, maxBytes)).toEqual(whole);
        },
      ),
    );
  });

  it('finds all good documents in order, in each of the forms', () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 6 }), (documents) => {
        const good = documents.map((document) => JSON.stringify(document));
        const asArray = JSON.stringify(documents);
        const asPretty = JSON.stringify(documents, null, 2);
        const parsed = (text: string): unknown[] => texts(text).map((each) => JSON.parse(each));
        expect(texts(good.join('\n'))).toEqual(good);
        expect(texts(asArray)).toEqual(good);
        expect(parsed(asPretty)).toEqual(good.map((each) => JSON.parse(each)));
      }),
    );
  });
});
