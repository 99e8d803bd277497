import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { encodeBars, encodeNavs } from '../../../src/cache/tiers/series-encoding.ts';
import type { SeriesTier, StoredSeries } from '../../../src/cache/tiers/series-tier.ts';
import { MOST_ENTRY_BYTES } from '../../../src/cache/tiers/tier-entry.ts';
import type { BarHistory, NavHistory } from '../../../src/domain/series.ts';
import { storedBars, storedNavs } from '../../support/stored-series.ts';

/** A place of its own where tiers keep series. */
export interface TierPlace extends AsyncDisposable {
  /** A tier as another process would open it. */
  bars(encode?: (stored: StoredSeries<BarHistory>) => Buffer): SeriesTier<BarHistory>;
  navs(): SeriesTier<NavHistory>;
  /** Puts these bytes where the entry of bars for this code is, which has been written. */
  damage(code: string, bytes: Buffer): Promise<void>;
  /** What was told of all tiers of this place. */
  readonly faults: Error[];
}

/** Codes as sources have them, and texts that mean something to a file system, a shell or a pattern. */
const CODES = [
  ...[
    '510300.SH',
    'BTC-USDT',
    '^GSPC',
    'GC=F',
    'brk.b',
    'BRK.B',
    '',
    '.',
    '..',
    '../x',
    'a/b',
    'a\\b',
    'a\u0000b',
    '-',
  ],
  ...['*', 'a*', 'a:b', 'a b', '%2e', 'CON', '螺纹钢', '\ud800', 'x'.repeat(5000), '__proto__', 'constructor'],
];

/** What every tier of series does, run in a suite of the tier's own. */
export function describeSeriesTier(open: () => Promise<TierPlace>): void {
  let place: TierPlace;

  beforeEach(async () => {
    place = await open();
  });

  afterEach(async () => {
    await place[Symbol.asyncDispose]();
  });

  it('has nothing that was not written', async () => {
    expect(await place.bars().read('A')).toBeUndefined();
    expect(await place.navs().read('A')).toBeUndefined();
    expect(place.faults).toEqual([]);
  });

  it('gives back what was written, to whoever opens the same place', async () => {
    const tier = place.bars();
    await tier.write('A', storedBars('A'));
    expect(await tier.read('A')).toEqual(storedBars('A'));
    expect(await place.bars().read('A')).toEqual(storedBars('A'));
    await place.navs().write('A', storedNavs('A'));
    expect(await place.navs().read('A')).toEqual(storedNavs('A'));
    expect(await place.bars().read('A')).toEqual(storedBars('A'));
  });

  it('keeps all codes apart, whatever they look like', async () => {
    const tier = place.bars();
    for (const [rows, code] of CODES.entries()) await tier.write(code, storedBars(code, { rows }));
    for (const [rows, code] of CODES.entries()) expect(await tier.read(code)).toEqual(storedBars(code, { rows }));
    expect(place.faults).toEqual([]);
  });

  it('holds whole histories', async () => {
    const tier = place.bars();
    const codes = Array.from({ length: 20 }, (_, index) => `C${index}`);
    await Promise.all(codes.map((code) => tier.write(code, storedBars(code, { rows: 2654 }))));
    const read = await Promise.all(codes.map((code) => tier.read(code)));
    expect(read).toEqual(codes.map((code) => storedBars(code, { rows: 2654 })));
  });

  it('replaces what was asked for earlier or at the same time, and never what was asked for later', async () => {
    const [mine, theirs] = [place.bars(), place.bars()];
    // Opening a folder removes what is unfinished in it, which must not be what the other is writing.
    await Promise.all([mine.clear(['none']), theirs.clear(['none'])]);
    await mine.write('A', storedBars('A', { hours: 2 }));
    await theirs.write('A', storedBars('A', { hours: 1, revision: 'older' }));
    expect(await mine.read('A')).toEqual(storedBars('A', { hours: 2 }));
    await theirs.write('A', storedBars('A', { hours: 2, revision: 'same time' }));
    expect(await mine.read('A')).toEqual(storedBars('A', { hours: 2, revision: 'same time' }));
    await theirs.write('A', storedBars('A', { hours: 3 }));
    expect(await mine.read('A')).toEqual(storedBars('A', { hours: 3 }));
  });

  it('ends with what was asked for last, in whatever order it is written', async () => {
    const tier = place.bars();
    let count = 0;
    const anyHours = fc.uniqueArray(fc.integer({ min: -100, max: 20 }), { minLength: 1, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(anyHours, async (order) => {
        const code = `C${count++}`;
        await Promise.all(order.map((hours) => tier.write(code, storedBars(code, { hours }))));
        expect(await tier.read(code)).toEqual(storedBars(code, { hours: Math.max(...order) }));
      }),
    );
  });

  it('forgets some codes, or all of its kind', async () => {
    const [bars, navs] = [place.bars(), place.navs()];
    for (const code of CODES) await bars.write(code, storedBars(code));
    await navs.write('BRK.B', storedNavs('BRK.B'));
    await bars.clear(['BRK.B', '*', 'none']);
    const left = async () => Promise.all(CODES.map((code) => bars.read(code)));
    expect((await left()).map((stored) => stored?.value.code)).toEqual(
      CODES.map((code) => (['BRK.B', '*'].includes(code) ? undefined : code)),
    );
    await bars.clear([]);
    expect((await left()).filter((stored) => stored !== undefined)).toHaveLength(CODES.length - 2);
    // Another that has the place open sees it as well.
    await place.bars().clear();
    expect((await left()).filter((stored) => stored !== undefined)).toEqual([]);
    expect(await navs.read('BRK.B')).toEqual(storedNavs('BRK.B'));
    await bars.write('A', storedBars('A'));
    expect(await bars.read('A')).toEqual(storedBars('A'));
    expect(place.faults).toEqual([]);
  });

  describe('has nothing where an entry', () => {
    const whole = encodeBars(storedBars('A'));
    const flipped = Buffer.from(whole);
    flipped.writeUInt8(whole.readUInt8(200) ^ 1, 200);
    const newer = Buffer.from(whole);
    newer.writeUInt8(2, 4);

    it.each([
      ['is empty', Buffer.alloc(0)],
      ['is cut', whole.subarray(0, -1)],
      ['is damaged', flipped],
      ['is of another version', newer],
      ['is of another code', encodeBars(storedBars('B'))],
      ['is of another kind', encodeNavs(storedNavs('A'))],
      ['is text', Buffer.from('<html>')],
      ['was asked for tomorrow', encodeBars(storedBars('A', { hours: 72 }))],
    ])('%s, tells it once, and replaces it', async (_, bytes) => {
      const tier = place.bars();
      await tier.write('A', storedBars('A'));
      await place.damage('A', bytes);
      for (let reads = 0; reads < 3; reads++) expect(await tier.read('A')).toBeUndefined();
      expect(place.faults).toHaveLength(1);
      expect(place.faults[0]?.message).toMatch(/^received another content of \S+, wanted the bars of "A"$/);
      await tier.write('A', storedBars('A', { hours: 1 }));
      expect(await tier.read('A')).toEqual(storedBars('A', { hours: 1 }));
    });

    it('is larger than any can be', async () => {
      const tier = place.bars();
      await tier.write('A', storedBars('A'));
      await place.damage('A', Buffer.alloc(MOST_ENTRY_BYTES + 1));
      expect(await tier.read('A')).toBeUndefined();
      // Nobody has looked at the bytes.
      expect(place.faults).toEqual([]);
      await tier.write('A', storedBars('A', { hours: 1 }));
      expect(await tier.read('A')).toEqual(storedBars('A', { hours: 1 }));
    });
  });

  it('does not keep what is too large', async () => {
    await place.bars().write('A', storedBars('A'));
    await place.bars(() => Buffer.alloc(MOST_ENTRY_BYTES + 1)).write('A', storedBars('A', { hours: 1 }));
    expect(await place.bars().read('A')).toEqual(storedBars('A'));
    expect(place.faults).toEqual([]);
  });

  it('does not fail where a series cannot be encoded', async () => {
    const { value, askedAt } = storedBars('A');
    const columns = { ...value.columns, close: new Float64Array(2) };
    const tier = place.bars();
    await tier.write('A', { value: { ...value, columns }, askedAt });
    expect(place.faults.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^cannot write cached bars .*: received a column of 2 rows, wanted 3$/),
    ]);
    expect(await tier.read('A')).toBeUndefined();
  });
}
