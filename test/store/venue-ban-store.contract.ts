import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { VenueBan, VenueBanStore } from '../../src/store/venue-bans.ts';
import { FOREIGN_NAMES } from './account-store.contract.ts';
import type { OpenedStore } from './opened-store.ts';

export function ban(changes: Partial<VenueBan> = {}): VenueBan {
  return { address: 'https://api.example', from: 1_000, until: 121_000, reason: 'it answered HTTP 418', ...changes };
}

/** What every VenueBanStore answers, whatever it is made of. `open` opens an empty one. */
export function describeVenueBanStore(name: string, open: () => Promise<OpenedStore<VenueBanStore>>): void {
  describe(name, () => {
    let opened: OpenedStore<VenueBanStore>;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened[Symbol.asyncDispose]());

    it('answers what was kept, by address, also when it is opened again', async () => {
      expect(await opened.store.bans()).toEqual([]);
      const others = [ban({ address: 'https://b' }), ban({ address: 'https://a through 10.0.0.1:1080' })];
      for (const each of [ban(), ...others]) await opened.store.keepBan(each);
      const kept = [ban({ address: 'https://a through 10.0.0.1:1080' }), ban(), ban({ address: 'https://b' })];
      expect(await opened.store.bans()).toEqual(kept);
      expect(await (await opened.reopen()).bans()).toEqual(kept);
    });

    it('keeps the last ban of an address', async () => {
      await opened.store.keepBan(ban());
      const later = ban({ from: 500_000, until: 8_640_000_000_000_000, reason: 'it answered HTTP 403' });
      await opened.store.keepBan(later);
      expect(await opened.store.bans()).toEqual([later]);
    });

    it.each(FOREIGN_NAMES)('takes the address and the reason %j literally', async (text) => {
      const named = ban({ address: text, reason: text });
      await opened.store.keepBan(ban());
      await opened.store.keepBan(named);
      expect((await opened.store.bans()).find(({ address }) => address === text)).toEqual(named);
      expect(await opened.store.bans()).toHaveLength(2);
    });
  });
}
