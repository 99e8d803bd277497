import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProgressLines, type ProgressReport } from '../../src/commands/progress.ts';

/** The last report after text that arrives in these parts. */
function lastReport(...parts: readonly string[]): ProgressReport | undefined {
  const lines = new ProgressLines();
  return parts.reduce<ProgressReport | undefined>((last, part) => lines.push(Buffer.from(part)) ?? last, undefined);
}

describe('a line that reports progress', () => {
  it('is found among other lines, the last one counting', () => {
    expect(lastReport('a\n::progress {"fraction":0.25,"message":"2021"}\nb\n')).toEqual({
      fraction: 0.25,
      message: '2021',
    });
    expect(lastReport('::progress {"fraction":0}\n::progress {"fraction":1}\n')).toEqual({
      fraction: 1,
      message: null,
    });
    expect(lastReport('::progress {"fraction":0.5,"message":null}\r\n')).toEqual({ fraction: 0.5, message: null });
  });

  it.each([
    ['within a line', 'a ::progress {"fraction":0.5}\n'],
    ['without an end', '::progress {"fraction":0.5}'],
    [
      'over 1, under 0 or no number',
      '::progress {"fraction":1.01}\n::progress {"fraction":-1}\n::progress {"fraction":"1"}\n',
    ],
    ['without a fraction', '::progress {"message":"a"}\n::progress 0.5\n::progress null\n::progress {\n'],
    ['with a message that is no text', '::progress {"fraction":0.5,"message":5}\n'],
    ['over 1 KiB', `::progress {"fraction":0.5,"message":"${'a'.repeat(1024)}"}\n`],
    ['with another prefix', '::progres {"fraction":0.5}\n:::progress {"fraction":0.5}\n'],
  ])('is none %s', (_name, text) => {
    expect(lastReport(text)).toBeUndefined();
    expect(lastReport(text, '\nb\n::progress {"fraction":1}\n')).toEqual({ fraction: 1, message: null });
  });

  it('is found whatever parts it arrives in', () => {
    const line = fc.oneof(
      fc.constantFrom('::progress {"fraction":0.5}', '::progress ', '::prog', 'a', '', 'x ::progress {"fraction":1}'),
      fc.double({ min: 0, max: 1, noNaN: true }).map((fraction) => `::progress ${JSON.stringify({ fraction })}`),
    );
    fc.assert(
      fc.property(fc.array(line), fc.array(fc.nat()), (lines, cuts) => {
        const text = lines.map((each) => `${each}\n`).join('');
        const places = [0, ...cuts.map((cut) => cut % (text.length + 1)).toSorted((left, right) => left - right)];
        const parts = places.map((from, index) => text.slice(from, places[index + 1] ?? text.length));
        const [last] = lines.filter((each) => /^::progress \{.*\}$/.test(each)).slice(-1);
        const expected = last === undefined ? undefined : JSON.parse(last.slice('::progress '.length)).fraction;
        expect(lastReport(...parts)?.fraction).toBe(expected);
      }),
    );
  });
});
