import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseGateway } from '../../../src/bus/redis/gateway-values.ts';
import type { Gateway } from '../../../src/domain/gateway.ts';

const GATEWAY: Gateway = {
  ...{ name: 'okx', venue: 'okx', accountCookie: null, tradingEnabled: false, state: 'DEGRADED', stateReason: 'x' },
  ...{ hasComparedAccount: true },
  ...{ stateSince: 1, lastMessageAt: null },
  connections: [
    {
      ...{ gateway: 'okx', kind: 'PUBLIC', index: 0, state: 'CONNECTED', connectedAt: 1, lastMessageAt: 2 },
      ...{ reconnects: 3, nextAttemptAt: null, latencyMs: 4.5, subscriptions: ['ticks BTC-USDT'] },
      ...{ queuedRequests: null, droppedRequests: null, lastSentText: 'ping', lastReceivedText: null },
    },
  ],
  contractReport: {
    ...{ checkedAt: 1, matching: 2, added: ['A'], removed: [], blocked: ['B'], acceptedAt: null },
    changed: [{ kind: 'PRICE_STEP', symbol: 'B', field: 'tickSize', stored: '0.1', venue: '0.01' }],
  },
};

/** All places in a JSON value, each as the keys that lead there. */
function placesIn(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, each]) => placesIn(each, [...path, key]))];
}

function withValueAt(value: unknown, [key, ...rest]: readonly string[], other: unknown): unknown {
  if (key === undefined) return other;
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[key] = withValueAt(copy[key], rest, other);
  return copy;
}

describe('the state of a gateway that comes over Redis', () => {
  it('is taken as it is', () => {
    expect(parseGateway(structuredClone(GATEWAY))).toEqual(GATEWAY);
    expect(parseGateway({ ...GATEWAY, contractReport: null, connections: [] })).toBeDefined();
  });

  it.each([{ name: 'py' }, {}, [], { ...GATEWAY, state: 'FINE' }, { ...GATEWAY, connections: [null] }])(
    'is none when it lacks what it must have: %j',
    (value) => {
      expect(parseGateway(value)).toBeUndefined();
    },
  );

  it('has nowhere what is of another kind', () => {
    const places = placesIn(GATEWAY).filter((path) => path.length > 0);
    fc.assert(
      fc.property(fc.constantFrom(...places), (path) => {
        expect(parseGateway(withValueAt(GATEWAY, path, { odd: true }) as object)).toBeUndefined();
      }),
    );
  });
});
