import type { Clock } from '../async/clock.ts';
import { isObject } from '../domain/json-text.ts';
import { LIVE_BAR_INTERVALS } from '../domain/live-bar.ts';
import { type MarketTopic, topicName } from '../domain/market-topic.ts';
import type { GatewaySession } from './gateways.ts';

export interface TopicLeasesOptions {
  readonly session: Pick<GatewaySession, 'want'>;
  readonly clock: Clock;
  /** What is not asked for again within so long is given up. */
  readonly leaseMs: number;
}

interface Lease {
  readonly held: Map<string, () => void>;
  cancel: () => void;
}

/** The market data that other processes want of a gateway, each for as long as it says so again and again. */
export class TopicLeases {
  readonly #options: TopicLeasesOptions;
  readonly #leases = new Map<string, Lease>();

  constructor(options: TopicLeasesOptions) {
    this.#options = options;
  }

  /** From now on the process wants these, and nothing else. What is no topic is passed over: anybody may have said it. */
  renew(processId: string, received: unknown): void {
    const { session, clock, leaseMs } = this.#options;
    const lease = this.#leases.get(processId) ?? { held: new Map(), cancel: () => {} };
    lease.cancel();
    const wanted = new Map(topicsOf(received).map((topic) => [topicName(topic), topic]));
    for (const [name, topic] of wanted) if (!lease.held.has(name)) lease.held.set(name, session.want([topic]));
    for (const [name, release] of [...lease.held]) {
      if (wanted.has(name)) continue;
      lease.held.delete(name);
      release();
    }
    if (lease.held.size === 0) this.#leases.delete(processId);
    else {
      this.#leases.set(processId, lease);
      lease.cancel = clock.after(leaseMs, () => this.renew(processId, []));
    }
  }

  close(): void {
    for (const processId of [...this.#leases.keys()]) this.renew(processId, []);
  }
}

function topicsOf(received: unknown): MarketTopic[] {
  return Array.isArray(received) ? received.flatMap((each) => topicOf(each) ?? []) : [];
}

function topicOf(received: unknown): MarketTopic | undefined {
  if (!isObject(received)) return undefined;
  const { channel, symbol } = received;
  if (typeof symbol !== 'string' || symbol === '') return undefined;
  if (channel === 'ticks' || channel === 'trades') return { channel, symbol };
  const interval = LIVE_BAR_INTERVALS.find((known) => known === received.interval);
  return channel === 'bars' && interval !== undefined ? { channel, symbol, interval } : undefined;
}
