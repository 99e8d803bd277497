import type { CacheStats } from '../cache/daily-cache.ts';
import { requireRole } from '../domain/viewer.ts';
import { askedInstrument } from './asked-instrument.ts';
import { builder } from './builder.ts';
import type { GraphContext } from './context.ts';
import { encodeId } from './global-id.ts';
import { atMostMaxCodes } from './instruments.ts';

const BarCacheStats = builder.objectRef<CacheStats>('BarCacheStats').implement({
  description:
    'The daily full-data cache of this process, NAV series included. Counters count since the start: every read is a hit, a miss, coalesced, stale or a negative hit.',
  fields: (t) => ({
    id: t.id({ description: 'Opaque; a cache key only.', resolve: () => encodeId('BarCacheStats', 'process') }),
    entries: t.expose('entries', { type: 'SafeInt', description: 'Series held.' }),
    bytes: t.expose('bytes', { type: 'SafeInt', description: 'Bytes that they hold.' }),
    maxEntries: t.field({
      type: 'SafeInt',
      description: 'Bound on the series; 2^53 - 1 when only bytes are bounded.',
      resolve: ({ maxEntries }) => maxEntries ?? Number.MAX_SAFE_INTEGER,
    }),
    maxBytes: t.expose('maxBytes', { type: 'SafeInt', description: 'Bound on the bytes.' }),
    hits: t.expose('hits', { type: 'SafeInt', description: 'Reads served from the cache.' }),
    misses: t.expose('misses', { type: 'SafeInt', description: 'Reads that asked a source.' }),
    negativeHits: t.expose('negativeHits', {
      type: 'SafeInt',
      description: 'Reads answered with a failure that had just happened, without asking a source again.',
    }),
    stale: t.expose('stale', {
      type: 'SafeInt',
      description: 'Reads served the last good history because the source could not be asked.',
    }),
    coalesced: t.expose('coalesced', {
      type: 'SafeInt',
      description: 'Reads that waited for a load already under way.',
    }),
    upstreamCalls: t.expose('upstreamCalls', {
      type: 'SafeInt',
      description: 'Loads asked of sources, background ones included.',
    }),
    failures: t.expose('failures', { type: 'SafeInt', description: 'Loads that failed.' }),
    restored: t.expose('restored', {
      type: 'SafeInt',
      description: 'Series taken from the disk, or from what other processes share, without asking a source.',
    }),
    evictions: t.expose('evictions', { type: 'SafeInt', description: 'Series that had to go for others.' }),
    hitRatio: t.float({
      nullable: true,
      description: 'Hits among all reads, 0 to 1; null before the first.',
      resolve: ({ hits, misses, stale, coalesced, negativeHits }) => {
        const reads = hits + misses + stale + coalesced + negativeHits;
        return reads === 0 ? null : hits / reads;
      },
    }),
    ttlSeconds: t.exposeInt('ttlSeconds', {
      description: 'Age after which a series is re-checked in the background; never an expiry.',
    }),
    defaultStartDate: t.field({
      type: 'Date',
      description: 'The day from which vendors are asked; a folder is read whole.',
      resolve: ({ defaultStartDay }) => defaultStartDay,
    }),
    strategy: t.exposeString('strategy', { description: 'How entries are made and kept, in a word.' }),
  }),
});

interface ClearedShape {
  readonly cleared: number;
  readonly before: CacheStats;
  readonly after: CacheStats;
}

const ClearedBarCache = builder.objectRef<ClearedShape>('ClearedBarCache').implement({
  description: 'What clearing the cache did.',
  fields: (t) => ({
    cleared: t.exposeInt('cleared', { description: 'Series forgotten.' }),
    before: t.expose('before', { type: BarCacheStats, description: 'The cache before.' }),
    after: t.expose('after', { type: BarCacheStats, description: 'The cache after.' }),
  }),
});

builder.queryField('barCache', (t) =>
  t.field({
    type: BarCacheStats,
    nullable: true,
    description: 'The daily full-data cache.',
    resolve: (_root, _args, { barCache }) => barCache.stats(),
  }),
);

builder.mutationField('clearBarCache', (t) =>
  t.field({
    type: ClearedBarCache,
    nullable: true,
    description:
      'Forgets cached series; the next read asks its source. All codes when none are given, else at most 200. Needs the role OPERATOR.',
    args: { codes: t.arg.stringList({ description: 'In any common spelling.' }) },
    resolve: async (_root, { codes }, context) => {
      const { barCache, viewer } = context;
      requireRole(viewer, 'OPERATOR', 'clearing the cache');
      const before = barCache.stats();
      const cleared = await barCache.clear(codes == null ? undefined : canonicalCodes(codes, context));
      return { cleared, before, after: barCache.stats() };
    },
  }),
);

function canonicalCodes(codes: readonly string[], context: GraphContext): string[] {
  return atMostMaxCodes(codes).map((code) => askedInstrument(code, context).code);
}
