import { readFileSync } from 'node:fs';
import type { GraphQLField } from 'graphql';
import { describe, expect, it } from 'vitest';
import { parseReplayArguments } from '../src/cli/replay.ts';
import { ProgressLines } from '../src/commands/progress.ts';
import { buildSchema } from '../src/graphql/schema.ts';
import { parseSession, SessionError } from '../src/simulator/replay/parse-session.ts';

const page = readFileSync(new URL('../docs/streams.md', import.meta.url), 'utf8');
const subscriptions = Object.values(buildSchema().getSubscriptionType()?.getFields() ?? {});

/** The text below a heading, up to the next. */
function section(heading: string): string {
  const [, text] = page.split(`## ${heading}\n`);
  if (text === undefined) throw new Error(`there is no section ${heading}`);
  return text.split('\n## ', 1)[0] ?? '';
}

/** The cells of the first table of a text, row by row, without its head. */
function rowsOf(text: string): string[][] {
  const lines = text.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const codes = (text: string): string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);

function codeBlocks(text: string): string[] {
  return [...text.matchAll(/^ {4}(.+)$/gm)].map(([, line = '']) => line);
}

/** How a subscription is delivered, in the words of its description and, where it can be shared, of its extension. */
function kindOf({ description, extensions }: GraphQLField<unknown, unknown>): string {
  const [kind = ''] = /lossless|conflated|tape/i.exec(description ?? '') ?? [];
  const { delivery } = extensions;
  if (delivery !== undefined) expect(Object(delivery).kind.toLowerCase()).toBe(kind.toLowerCase());
  return kind.toLowerCase();
}

describe('the page about streams', () => {
  it('lists every subscription, under the kind that the schema says', () => {
    const served = subscriptions.map((field): [string, string] => [field.name, kindOf(field)]);
    const listed = rowsOf(section('Three kinds of delivery')).flatMap(([kind = '', names = '']) =>
      codes(names).map((name): [string, string] => [name, kind]),
    );
    expect(listed.toSorted()).toEqual(served.toSorted());
  });

  it('names the subscriptions of which identical ones are executed once', () => {
    const shared = subscriptions.filter(({ extensions }) => extensions.delivery !== undefined).map(({ name }) => name);
    expect(codes(section('Identical subscriptions')).toSorted()).toEqual(shared.toSorted());
  });

  it('shows a line of progress that is understood', () => {
    const [line = ''] = codeBlocks(section('Progress of a command'));
    expect(new ProgressLines().push(Buffer.from(`${line}\n`))).toEqual({ fraction: 0.25, message: '2021' });
  });

  it('shows a command line of a replay that is understood', () => {
    const [line = ''] = codeBlocks(section('Recorded sessions'));
    const args = line.replaceAll(/[[\]]/g, '').split('deskgraph replay ')[1]?.split(' ') ?? [];
    expect(parseReplayArguments(args)).toEqual({
      ...{ path: 'session.jsonl', venue: 'okx', port: 9100, speed: 10, loop: true },
    });
  });

  describe('describes a recorded session', () => {
    const rows = rowsOf(section('Recorded sessions'));
    const keys = rows.map(([key = '']) => codes(key)[0] ?? '');
    const directions = codes(rows.find(([key]) => key === '`dir`')?.[1] ?? '');
    /** What a key says in a line of the direction; undefined where the page says that it has none. */
    const values: Readonly<Record<string, (dir: string) => unknown>> = {
      t: (dir) => 1_652_459_224.5 + directions.indexOf(dir),
      dir: (dir) => dir,
      conn: () => 'connection',
      url: (dir) => (dir === 'open' ? 'wss://venue.example/stream' : undefined),
      text: (dir) => (dir === 'open' ? undefined : `said ${dir}`),
    };
    const session = (written: readonly string[]): string =>
      directions
        .map((dir) => JSON.stringify(Object.fromEntries(written.map((key) => [key, values[key]?.(dir)]))))
        .join('\n');

    it('whose lines of exactly these keys and directions are read', () => {
      expect(keys).toEqual(Object.keys(values));
      expect(directions).toEqual(['open', 'out', 'in']);
      expect(parseSession(session(keys))).toEqual([
        { time: 1_652_459_225.5, direction: 'out', text: 'said out' },
        { time: 1_652_459_226.5, direction: 'in', text: 'said in' },
      ]);
    });

    it.each(['t', 'dir', 'text'])('which cannot be read without %s', (key) => {
      expect(keys).toContain(key);
      expect(() => parseSession(session(keys.filter((each) => each !== key)))).toThrow(SessionError);
    });
  });
});
