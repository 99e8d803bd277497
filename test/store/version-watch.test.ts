import { expect, it } from 'vitest';
import { VersionWatch } from '../../src/store/sqlite/version-watch.ts';
import { ManualClock } from '../support/manual-clock.ts';

it('a version that cannot be read counts as changed each time, until it can be read again', () => {
  const clock = new ManualClock();
  let version = 1;
  let told = 0;
  const read = (): number => {
    if (version < 0) throw new Error('the disk is gone');
    return version;
  };
  const watch = new VersionWatch({ version: read, clock, everyMs: 1000 });
  using _ = watch.add(() => {
    told += 1;
  });
  const toldWithin = (ms: number): number => {
    const before = told;
    clock.advance(ms);
    return told - before;
  };
  expect(toldWithin(3000)).toBe(0);
  version = -1;
  expect(toldWithin(3000)).toBe(3);
  version = 1;
  expect(toldWithin(3000)).toBe(1);
});
