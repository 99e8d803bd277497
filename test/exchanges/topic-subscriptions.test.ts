import { describe, expect, it } from 'vitest';
import { TopicSubscriptions } from '../../src/exchanges/topic-subscriptions.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { tick } from '../support/scripted-venue-market.ts';

const [BTC, ETH] = [tick('BTC'), tick('ETH')];
const WANTED = new Map([
  ['ticks BTC', BTC],
  ['ticks ETH', ETH],
]);

function subscribed() {
  const clock = new ManualClock();
  const sent: string[] = [];
  const pacer = { delayMs: 0 };
  const subscriptions = new TopicSubscriptions({
    ...{ clock, acknowledgeTimeoutMs: 5_000, onChange: () => {} },
    send: (texts) => {
      sent.push(...texts);
      return pacer.delayMs;
    },
  });
  subscriptions.setWanted(new Map([['ticks BTC', BTC]]));
  subscriptions.open({
    subscribe: (topics) => topics.map(({ symbol }) => `+${symbol}`),
    unsubscribe: (topics) => topics.map(({ symbol }) => `-${symbol}`),
  });
  return { clock, sent, subscriptions, pacer };
}

describe('TopicSubscriptions', () => {
  it('asks again in time for a topic that ended, whatever waits for longer', () => {
    const { clock, sent, subscriptions, pacer } = subscribed();
    subscriptions.acknowledge(BTC);
    clock.advance(5_000);
    pacer.delayMs = 3_600_000;
    subscriptions.setWanted(WANTED);
    subscriptions.ended(BTC);
    clock.advance(4_999);
    expect(sent).toEqual(['+BTC', '+ETH']);
    clock.advance(1);
    expect(sent).toEqual(['+BTC', '+ETH', '+BTC']);
    subscriptions.close();
    expect(clock.pending).toBe(0);
  });

  it('asks again in time though the clock was set back', () => {
    const { clock, sent, subscriptions } = subscribed();
    clock.set(clock.now() - 3_600_000);
    clock.advance(5_000);
    expect(sent).toEqual(['+BTC', '+BTC']);
    subscriptions.close();
    expect(clock.pending).toBe(0);
  });
});
