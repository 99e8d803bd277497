import { describe, expect, it } from 'vitest';
import { createLosslessTopic } from '../../../src/bus/memory/lossless-topic.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { describeLosslessTopic } from '../lossless-topic.contract.ts';
import { openedInProcess, take } from '../reading.ts';
import { type Note, positions, StoredEvents } from '../stored-events.ts';

describeLosslessTopic('createLosslessTopic', (options) => openedInProcess(createLosslessTopic(options)));

describe('the tails of createLosslessTopic', () => {
  const open = (maxIdleStreams: number) => {
    const history = new StoredEvents();
    const topic = createLosslessTopic<Note>({
      history,
      clock: new ManualClock(),
      tail: { maxEvents: 10, maxIdleStreams },
    });
    const follow = (stream: string) => topic.subscribe({ stream, after: 1, cursorOf: String });
    const publish = (stream: string, position: number) => topic.publish(stream, history.store(stream, position));
    const publishTwo = (...streams: string[]): void => {
      for (const stream of streams) for (const position of [1, 2]) publish(stream, position);
    };
    /** Which of them are not in memory any more. */
    const forgotten = async (...streams: string[]): Promise<string[]> => {
      const found: string[] = [];
      for (const stream of streams) {
        const readsBefore = history.reads.length;
        const reader = follow(stream);
        expect(positions(await take(reader, 1))).toEqual([2]);
        await reader.return();
        if (history.reads.length > readsBefore) found.push(stream);
      }
      return found;
    };
    return { follow, publish, publishTwo, forgotten };
  };

  it('are forgotten where nothing was published or read for longest', async () => {
    const { publish, publishTwo, follow, forgotten } = open(3);
    publishTwo('a', 'b', 'c');
    publish('a', 3);
    await follow('b').return();
    publishTwo('d');
    expect(await forgotten('a', 'b', 'd', 'c')).toEqual(['c']);
  });

  it('are kept for streams with readers, beside the idle ones', async () => {
    const { publish, publishTwo, follow, forgotten } = open(2);
    publishTwo('b', 'a');
    const reader = follow('a');
    publishTwo('c');
    publish('a', 3);
    expect(await forgotten('b', 'c')).toEqual([]);
    publishTwo('d', 'e');
    expect(await forgotten('a')).toEqual([]);
    await reader.return();
  });

  it('do not pile up with the readers that were there once', async () => {
    const { publishTwo, follow, forgotten } = open(1);
    const streams = ['a', 'b', 'c'];
    const readers = streams.map(follow);
    publishTwo(...streams);
    for (const reader of readers) await reader.return();
    expect(await forgotten('c', 'b')).toEqual(['b']);
  });
});
