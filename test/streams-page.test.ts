import { readFileSync } from 'node:fs';
import type { GraphQLField } from 'graphql';
import { describe, expect, it } from 'vitest';
import { ORDER_TOPIC } from '../src/bus/order-streams.ts';
import { hasValue, parseMessage } from '../src/bus/redis/messages.ts';
import { createRedisBus } from '../src/bus/redis/redis-bus.ts';
import { parseReplayArguments } from '../src/cli/replay.ts';
import { ProgressLines } from '../src/commands/progress.ts';
import { buildSchema } from '../src/graphql/schema.ts';
import { parseSession, SessionError } from '../src/simulator/replay/parse-session.ts';
import { ManualClock } from './support/manual-clock.ts';
import { codeLinesOf, codesOf, rowsOf, sectionOf } from './support/markdown.ts';
import { linkTo } from './support/redis-link.ts';

const page = readFileSync(new URL('../docs/streams.md', import.meta.url), 'utf8');
const subscriptions = Object.values(buildSchema().getSubscriptionType()?.getFields() ?? {});

const section = (heading: string): string => sectionOf(page, heading);

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
      codesOf(names).map((name): [string, string] => [name, kind]),
    );
    expect(listed.toSorted()).toEqual(served.toSorted());
  });

  it('names the subscriptions of which identical ones are executed once', () => {
    const shared = subscriptions.filter(({ extensions }) => extensions.delivery !== undefined).map(({ name }) => name);
    expect(codesOf(section('Identical subscriptions')).toSorted()).toEqual(shared.toSorted());
  });

  it('shows a line of progress that is understood', () => {
    const [line = ''] = codeLinesOf(section('Progress of a command'));
    expect(new ProgressLines().push(Buffer.from(`${line}\n`))).toEqual({ fraction: 0.25, message: '2021' });
  });

  it('shows a command line of a replay that is understood', () => {
    const [line = ''] = codeLinesOf(section('Recorded sessions'));
    const args = line.replaceAll(/[[\]]/g, '').split('deskgraph replay ')[1]?.split(' ') ?? [];
    expect(parseReplayArguments(args)).toEqual({
      ...{ path: 'session.jsonl', venue: 'okx', port: 9100, speed: 10, loop: true },
    });
  });

  it('lists every topic that processes share over Redis, and the message that it shows is one', () => {
    const { link } = linkTo('redis://127.0.0.1:1', 'nobody');
    const bus = createRedisBus({ link, epoch: 'one', clock: new ManualClock() });
    const topics = Object.keys(bus).filter((name) => !['losslessTopic', 'carrierOf'].includes(name));
    const shared = section('Over Redis, for several processes');
    const listed = rowsOf(shared).flatMap(([names = '']) => codesOf(names));
    expect(listed.toSorted()).toEqual([...topics, ORDER_TOPIC].toSorted());
    const [example = ''] = codeLinesOf(shared);
    const message = parseMessage(example.replace('{...}', '{}'));
    expect(message !== undefined && hasValue(message)).toBe(true);
  });

  describe('describes a recorded session', () => {
    const rows = rowsOf(section('Recorded sessions'));
    const keys = rows.map(([key = '']) => codesOf(key)[0] ?? '');
    const directions = codesOf(rows.find(([key]) => key === '`dir`')?.[1] ?? '');
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
