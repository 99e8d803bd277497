import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ContractTerms } from '../../src/domain/contract.ts';
import type { ContractStore, StoredContracts } from '../../src/store/contracts.ts';
import { contract } from '../exchanges/contract-lists.ts';
import { FOREIGN_NAMES } from './account-store.contract.ts';
import type { OpenedStore } from './opened-store.ts';

export function contractList(contracts: readonly ContractTerms[] = [contract('BTC-USDT')]): StoredContracts {
  return { contracts, storedAt: 1_795_000_000_123 };
}

const KEY = { venue: 'okx', gateway: 'main' };

/** What every ContractStore answers, whatever it is made of. `open` opens an empty one. */
export function describeContractStore(name: string, open: () => Promise<OpenedStore<ContractStore>>): void {
  describe(name, () => {
    let opened: OpenedStore<ContractStore>;
    let store: ContractStore;
    beforeEach(async () => {
      opened = await open();
      store = opened.store;
    });
    afterEach(() => opened[Symbol.asyncDispose]());

    it('are none at first', async () => {
      expect(await store.contracts(KEY)).toBeUndefined();
    });

    it('are read as they were stored, every digit of them, also after a restart', async () => {
      const list = contractList([
        contract('A', {
          tickSize: '0.10',
          lotSize: '0.00000001',
          expiresAt: 1_798_185_600_000,
          contractSize: '100.00',
        }),
        contract('B', { base: null, quote: null, kind: null, tickSize: null, lotSize: null, listed: false }),
      ]);
      await store.replaceContracts(KEY, list);
      expect(await store.contracts(KEY)).toEqual(list);
      store = await opened.reopen();
      expect(await store.contracts(KEY)).toEqual(list);
    });

    it('are ascending by symbol, whatever its characters', async () => {
      const symbols = ['\u{1D4B3}', '\uFFFD', 'B', 'a', 'A-1', ...FOREIGN_NAMES];
      await store.replaceContracts(KEY, contractList(symbols.map((symbol) => contract(symbol))));
      const stored = await store.contracts(KEY);
      expect(stored?.contracts.map(({ symbol }) => symbol)).toEqual(symbols.toSorted());
    });

    it('are replaced as a whole, also by an empty list', async () => {
      await store.replaceContracts(KEY, contractList([contract('A'), contract('B')]));
      const next = { contracts: [contract('B', { tickSize: '1' })], storedAt: 2 };
      await store.replaceContracts(KEY, next);
      expect(await store.contracts(KEY)).toEqual(next);
      await store.replaceContracts(KEY, contractList([]));
      expect(await store.contracts(KEY)).toEqual(contractList([]));
    });

    it('are apart for each venue and each gateway', async () => {
      const keys = [KEY, { ...KEY, gateway: 'other' }, { ...KEY, venue: 'paper' }, { venue: 'main', gateway: 'okx' }];
      for (const [index, key] of keys.entries()) {
        await store.replaceContracts(key, contractList([contract(`C${index}`)]));
      }
      for (const [index, key] of keys.entries()) {
        expect((await store.contracts(key))?.contracts).toEqual([contract(`C${index}`)]);
      }
    });

    it('stay as they were when a list cannot be stored', async () => {
      await store.replaceContracts(KEY, contractList());
      const twice = contractList([contract('A'), contract('A')]);
      await expect(store.replaceContracts(KEY, twice)).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
      expect(await store.contracts(KEY)).toEqual(contractList());
    });
  });
}
