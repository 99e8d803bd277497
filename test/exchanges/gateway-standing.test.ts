import { describe, expect, it } from 'vitest';
import type { GatewayState } from '../../src/domain/gateway.ts';
import { graver } from '../../src/exchanges/gateway-standing.ts';

const standing = (state: GatewayState, reason: string | null = null) => ({ state, reason });

describe('of two standings', () => {
  it.each([
    ['CONNECTED', 'CONNECTED', 'CONNECTED'],
    ['CONNECTED', 'DEGRADED', 'DEGRADED'],
    ['DEGRADED', 'CONTRACTS_MISMATCH', 'CONTRACTS_MISMATCH'],
    ['RECONCILING', 'CONTRACTS_MISMATCH', 'RECONCILING'],
    ['CONNECTED', 'CONNECTING', 'CONNECTING'],
    ['DISCONNECTED', 'DEGRADED', 'DISCONNECTED'],
  ] as const)('%s and %s the graver one counts', (one, other, counting) => {
    expect(graver(standing(one), standing(other)).state).toBe(counting);
    expect(graver(standing(other), standing(one)).state).toBe(counting);
  });

  it('both reasons are said', () => {
    const lost = graver(standing('DISCONNECTED', 'PUBLIC: refused'), standing('DEGRADED', 'contracts: HTTP 502'));
    expect(lost.reason).toBe('PUBLIC: refused; contracts: HTTP 502');
    expect(graver(standing('CONNECTED'), standing('DEGRADED', 'one')).reason).toBe('one');
    expect(graver(standing('CONNECTED'), standing('CONNECTING')).reason).toBeNull();
  });
});
