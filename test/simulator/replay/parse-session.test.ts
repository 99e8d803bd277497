import { describe, expect, it } from 'vitest';
import { parseSession } from '../../../src/simulator/replay/parse-session.ts';

const OPEN = '{"t":1.5,"dir":"open","url":"wss://venue.example/ws","conn":"a"}';
const OUT = '{"t":2,"dir":"out","url":"wss://venue.example/ws","conn":"a","text":"ask"}';
const IN = '{"t":2.25,"dir":"in","conn":"a","text":"{\\"a\\": 1.0}\\n"}';

describe('parseSession', () => {
  it('reads what went out and came in, with the text as it was', () => {
    expect(parseSession(`${OPEN}\n${OUT}\n${IN}\n`)).toEqual([
      { time: 2, direction: 'out', text: 'ask' },
      { time: 2.25, direction: 'in', text: '{"a": 1.0}\n' },
    ]);
  });

  it('takes lines that end with a carriage return, and empty ones', () => {
    expect(parseSession(`\r\n${OUT}\r\n\r\n${IN}`)).toHaveLength(2);
  });

  it('orders frames of several connections by their time, and keeps the order of one time', () => {
    const frame = (t: number, text: string) => JSON.stringify({ t, dir: 'in', conn: text, text });
    const session = [frame(3, 'a'), frame(1, 'b'), frame(3, 'c'), frame(2, 'd')].join('\n');
    expect(parseSession(session).map(({ text }) => text)).toEqual(['b', 'd', 'a', 'c']);
  });

  it.each([
    ['no JSON', '{"t":1,'],
    ['a list', '[1,"in","x"]'],
    ['nothing', 'null'],
    ['no time', '{"dir":"in","text":"x"}'],
    ['a time in words', '{"t":"1","dir":"in","text":"x"}'],
    ['a time without end', '{"t":1e999,"dir":"in","text":"x"}'],
    ['no direction', '{"t":1,"text":"x"}'],
    ['another direction', '{"t":1,"dir":"up","text":"x"}'],
    ['no text', '{"t":1,"dir":"in"}'],
    ['a text in bytes', '{"t":1,"dir":"in","encoding":"gzip","base64":"H4sI"}'],
    ['a text that is an object', '{"t":1,"dir":"out","text":{}}'],
  ])('names the line with %s', (_, line) => {
    expect(() => parseSession(`${OPEN}\n\n${IN}\n${line}\n${IN}`)).toThrow(
      /^line 4: received .*, wanted \{"t":SECONDS/,
    );
  });

  it('shows the beginning of a long line only', () => {
    expect(() => parseSession('x'.repeat(10_000))).toThrow(/^.{1,300}$/);
  });

  it.each([
    ['an empty file', ''],
    ['an empty line', '\n'],
    ['a session in which nothing came in', `${OPEN}\n${OUT}`],
  ])('refuses %s', (_, recording) => {
    expect(() => parseSession(recording)).toThrow(
      'received a session in which nothing came in, wanted one with frames',
    );
  });
});
