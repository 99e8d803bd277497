import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { venueBanStorePath } from '../../src/store/sqlite/paths.ts';
import { openVenueBanStore } from '../../src/store/sqlite/sqlite-venue-ban-store.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { ban, describeVenueBanStore } from './venue-ban-store.contract.ts';

describeVenueBanStore('an embedded VenueBanStore', async () => {
  const folder = temporaryFolder();
  const path = venueBanStorePath(folder.path);
  let store = openVenueBanStore({ path });
  return {
    store,
    reopen: async () => {
      store.close();
      store = openVenueBanStore({ path });
      return store;
    },
    [Symbol.asyncDispose]: async () => {
      store.close();
      folder[Symbol.dispose]();
    },
  };
});

it('an embedded VenueBanStore may be closed twice, and refuses everything afterwards with a code', async () => {
  using folder = temporaryFolder();
  const store = openVenueBanStore({ path: venueBanStorePath(folder.path) });
  store.close();
  store.close();
  await expect(store.bans()).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
  await expect(store.keepBan(ban())).rejects.toMatchObject({ message: 'the store of bans cannot be reached' });
});

it('an embedded VenueBanStore refuses a file that is none, and says which', () => {
  using folder = temporaryFolder();
  const path = venueBanStorePath(folder.path);
  writeFileSync(path, 'these are no tables '.repeat(100));
  expect(() => openVenueBanStore({ path })).toThrow(`cannot open the store of bans ${path}: file is not a database`);
});
