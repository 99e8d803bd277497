/** A venue that answers nobody at one of our addresses. Times are milliseconds since the epoch. */
export interface VenueBan {
  /** The venue and the way to it. */
  readonly address: string;
  readonly from: number;
  readonly until: number;
  /** For people. */
  readonly reason: string;
}

/** The last ban by each address. What was answered is durable. Fails with UPSTREAM_UNAVAILABLE when it cannot be reached. */
export interface VenueBanStore {
  /** All that are kept, also those that are over, ascending by address. */
  bans(): Promise<readonly VenueBan[]>;
  /** Replaces what was kept of the same address. */
  keepBan(ban: VenueBan): Promise<void>;
}
