import type { Bus } from '../bus/bus.ts';
import type { OrderStreams } from '../bus/order-streams.ts';
import type { CacheStats } from '../cache/daily-cache.ts';
import type { Commands } from '../commands/commands.ts';
import type { Allowance } from '../domain/allowance.ts';
import type { AssetType } from '../domain/asset-rules.ts';
import type { DataIssues } from '../domain/data-issues.ts';
import type { Viewer } from '../domain/viewer.ts';
import type { GatewaySession } from '../exchanges/gateways.ts';
import type { Loaders } from '../loaders/loaders.ts';
import type { AccountDrops } from '../store/account-drops.ts';
import type { AccountFollower } from '../store/account-follower.ts';
import type { OrderEventStore } from '../store/order-events.ts';

/** What resolvers work with: made anew for each operation, from objects that the composition root built once. */
export interface GraphContext {
  readonly viewer: Viewer;
  /**
   * Aborts when nobody waits for the operation any more, for what a source has under way. Of a subscription that several
   * clients share it aborts when it is over, whoever of them has left before.
   */
  readonly signal: AbortSignal;
  /** The only way to data. */
  readonly loaders: Loaders;
  /** What stored documents cannot be read for. */
  readonly dataIssues: DataIssues;
  readonly accountDrops: Pick<AccountDrops, 'drop'>;
  readonly barCache: BarCacheControl;
  /** In the order of the configuration. */
  readonly gateways: readonly GatewaySession[];
  readonly bus: Bus;
  readonly orderStreams: OrderStreams;
  /** Orders of accounts as they were last recorded, whether or not a gateway carries the account now. */
  readonly recordedOrders: Pick<OrderEventStore, 'state' | 'order'>;
  /** Follows the REALTIME states of accounts that no gateway carries. */
  readonly accountFollower: Pick<AccountFollower, 'follow'>;
  readonly commands: Commands;
  /** What this operation may still read of the output of runs. */
  readonly outputAllowance: Allowance;
  /** The cursor that the transport brought along for a lossless stream; it wins over the argument `after`. */
  readonly resumeAfter: string | undefined;
  readonly server: ServerFacts;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The part of the daily cache that operators see. */
export interface BarCacheControl {
  stats(): CacheStats;
  /** Forgets the series of these codes, or of all, and says how many there were. */
  clear(codes?: readonly string[]): Promise<number>;
}

/** What serverInfo says. Functions are asked anew each time. */
export interface ServerFacts {
  readonly name: string;
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly schemaHash: string;
  readonly store: 'sqlite' | 'mongodb';
  readonly bus: 'memory' | 'redis';
  /** Preferred ones first. */
  readonly sources: () => readonly PriceSourceFacts[];
  readonly tunnel: () => 'DISABLED' | 'DOWN' | 'UP';
  /** Why the tunnel is down; null when it is not. */
  readonly tunnelError: () => string | null;
  readonly tradingEnabled: boolean;
}

/** A configured price source. */
export interface PriceSourceFacts {
  readonly name: string;
  readonly assetTypes: readonly AssetType[];
  readonly isAvailable: boolean;
  readonly lastError: string | null;
  /** The hosts that it has asked. */
  readonly hosts: readonly SourceHostFacts[];
}

/** A host that a price source asks. */
export interface SourceHostFacts {
  readonly host: string;
  /** Failures since the last answer. */
  readonly failures: number;
  /** Until when it is left alone, in milliseconds since the epoch; null when it may be asked. */
  readonly restsUntil: number | null;
  /** Of the last answer, in milliseconds. */
  readonly latencyMs: number | null;
}
