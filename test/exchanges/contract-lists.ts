import type { ContractTerms } from '../../src/domain/contract.ts';

/** A pair of coins with a price step of 0.1. */
export function contract(symbol: string, changes: Partial<ContractTerms> = {}): ContractTerms {
  return {
    ...{ symbol, base: 'BTC', quote: 'USDT', kind: 'SPOT', tickSize: '0.1', lotSize: '0.00000001' },
    ...{ contractSize: null, expiresAt: null, listed: true, ...changes },
  };
}
