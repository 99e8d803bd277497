import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { type AppBase, folderOf } from './app-base.ts';
import type { SeriesOrigin } from './cache/daily-cache.ts';
import { createDiskTier } from './cache/tiers/disk-tier.ts';
import { RedisLoadTurns } from './cache/tiers/redis-load-turns.ts';
import { createRedisTier } from './cache/tiers/redis-tier.ts';
import { decodeBars, decodeNavs, encodeBars, encodeNavs } from './cache/tiers/series-encoding.ts';
import type { TierCodec, TierKind } from './cache/tiers/tier-entry.ts';
import { formatDay } from './domain/day.ts';
import type { BarHistory, NavHistory } from './domain/series.ts';
import type { RedisConnection } from './transport/redis-connection.ts';

/** Where loaded series are kept beside memory. */
export interface OpenTiers {
  readonly bars: Tiers<BarHistory>;
  readonly navs: Tiers<NavHistory>;
}

type Tiers<T> = Pick<SeriesOrigin<T>, 'tiers' | 'turns'>;

/** Disk first, which is nearer; then what other processes share. */
export function openTiers(base: AppBase, connection: RedisConnection | undefined): OpenTiers {
  return {
    bars: tiersOf(base, connection, { kind: 'bars', encode: encodeBars, decode: decodeBars }),
    navs: tiersOf(base, connection, { kind: 'navs', encode: encodeNavs, decode: decodeNavs }),
  };
}

interface TierForm<T> extends TierCodec<T> {
  readonly kind: TierKind;
}

function tiersOf<T extends { readonly code: string }>(
  base: AppBase,
  connection: RedisConnection | undefined,
  form: TierForm<T>,
): Tiers<T> {
  const { config, clock, logger } = base;
  const onFault = ({ message }: Error): void => logger.warn({ reason: message }, 'cached series are not kept');
  // Histories that begin on another day are others.
  const since = formatDay(config.cache.defaultStartDay);
  const folder = join(folderOf(base), 'cache', since);
  const disk = createDiskTier({ ...form, folder, clock, onFault });
  if (connection === undefined) return { tiers: [disk] };
  const keyPrefix = `deskgraph:cache:v1:${since}`;
  const shared = { connection, keyPrefix, clock, onFault };
  const turns = new RedisLoadTurns({ ...shared, kind: form.kind, random: Math.random, newToken: randomUUID });
  return { tiers: [disk, createRedisTier({ ...shared, ...form })], turns };
}
