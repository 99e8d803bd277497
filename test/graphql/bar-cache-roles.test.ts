import { describe, expect, it } from 'vitest';
import { DailyCache } from '../../src/cache/daily-cache.ts';
import { LOCAL_VIEWER, type Role } from '../../src/domain/viewer.ts';
import { createExecution } from '../../src/execution/execution.ts';
import { buildSchema } from '../../src/graphql/schema.ts';
import { BarViews } from '../../src/loaders/bar-views.ts';
import { createSeriesLoaders } from '../../src/loaders/bars.ts';
import { Premiums } from '../../src/loaders/premiums.ts';
import { scriptedBars, scriptedNavs } from '../support/series-feed.ts';
import { MARKETS } from '../support/session-instants.ts';

const NOW = Date.UTC(2024, 2, 4, 12);
const execution = createExecution({ schema: buildSchema() });

/** Asks a cache that has the bars and NAVs of 510300.SH. */
async function setUp() {
  const [bars, navs] = [scriptedBars(), scriptedNavs()];
  const cache = new DailyCache({
    ...{ bars, navs, markets: MARKETS, maxBytes: 1e6, maxEntries: undefined, ttlSeconds: 7200, defaultStartDay: 0 },
    now: () => NOW,
  });
  await Promise.all([cache.bars('510300.SH'), cache.navs('510300.SH')]);
  async function ask(document: string, roles: readonly Role[]) {
    const { data, errors } = await execution.execute({
      document: execution.parse(document),
      contextValue: {
        viewer: { ...LOCAL_VIEWER, roles },
        barCache: cache,
        loaders: { series: createSeriesLoaders(cache), premiums: new Premiums(), views: new BarViews() },
        now: () => NOW,
      },
    });
    return { data, codes: errors?.map(({ originalError }) => (originalError as { code?: string }).code) };
  }
  return { ask, loads: () => bars.loads + navs.loads, entries: () => cache.stats().entries };
}

const REFRESHES = [
  '{ bars(code: "510300.SH", refresh: true) { code } }',
  '{ etfPremium(code: "510300.SH", refresh: true) { code } }',
  '{ instrument(code: "510300.SH") { bars(refresh: true) { code } } }',
  '{ instrument(code: "510300.SH") { etfPremium(refresh: true) { code } } }',
];

describe('a viewer who is no operator', () => {
  it.each(REFRESHES)('has no source asked by %s', async (document) => {
    const { ask, loads } = await setUp();
    const { codes } = await ask(document, ['VIEWER', 'TRADER']);
    expect(codes).toEqual(['FORBIDDEN']);
    expect(loads()).toBe(2);
  });

  it('reads what is held, and forgets nothing', async () => {
    const { ask, entries } = await setUp();
    const read = await ask('{ bars(code: "510300.SH") { cached } etfPremium(code: "510300.SH") { code } }', ['VIEWER']);
    expect(read).toEqual({ data: { bars: { cached: true }, etfPremium: { code: '510300.SH' } }, codes: undefined });
    expect(await ask('mutation { clearBarCache { cleared } }', ['VIEWER', 'TRADER'])).toEqual({
      data: { clearBarCache: null },
      codes: ['FORBIDDEN'],
    });
    expect(entries()).toBe(2);
  });
});

describe('an operator', () => {
  it.each(REFRESHES)('has sources asked by %s', async (document) => {
    const { ask, loads } = await setUp();
    expect(await ask(document, ['OPERATOR'])).toMatchObject({ codes: undefined });
    expect(loads()).toBe(document.includes('etfPremium') ? 4 : 3);
  });

  it('forgets what is held', async () => {
    const { ask, entries } = await setUp();
    expect(await ask('mutation { clearBarCache { cleared } }', ['OPERATOR'])).toMatchObject({
      data: { clearBarCache: { cleared: 2 } },
    });
    expect(entries()).toBe(0);
  });
});
