import { expect, it } from 'vitest';
import { ReaderIndex } from '../../../src/bus/memory/reader-index.ts';

it('ReaderIndex visits the readers of a key, those of all keys, and none that is gone', () => {
  const index = new ReaderIndex<{ readonly name: string; readonly keys: ReadonlySet<string> | undefined }>();
  const both = { name: 'both', keys: new Set(['a', 'b']) };
  const one = { name: 'one', keys: new Set(['a']) };
  const all = { name: 'all', keys: undefined };
  for (const reader of [both, one, all]) index.add(reader);
  const visited = (key: string, kind: 'visit' | 'visitNamed' = 'visit'): string[] => {
    const names: string[] = [];
    index[kind](key, ({ name }) => names.push(name));
    return names;
  };
  expect([visited('a'), visited('b'), visited('c')]).toEqual([['both', 'one', 'all'], ['both', 'all'], ['all']]);
  expect(visited('a', 'visitNamed')).toEqual(['both', 'one']);
  index.delete(all);
  index.delete(both);
  expect([visited('a'), visited('b'), visited('c')]).toEqual([['one'], [], []]);
  expect(['a', 'b'].map((key) => index.hasReaders(key))).toEqual([true, false]);
  expect(index.size).toBe(1);
});
