import type { ContractReport } from './contract.ts';

/** Where a gateway, or one of its connections, stands, the gravest first; GraphQL's GatewayState. */
export const GATEWAY_STATES = [
  'DISABLED',
  'DISCONNECTED',
  'CONNECTING',
  'RECONCILING',
  'CONTRACTS_MISMATCH',
  'DEGRADED',
  'CONNECTED',
] as const;
export type GatewayState = (typeof GATEWAY_STATES)[number];

export const CONNECTION_KINDS = ['PUBLIC', 'BUSINESS', 'PRIVATE', 'REST'] as const;
export type ConnectionKind = (typeof CONNECTION_KINDS)[number];

/** A configured session with a venue, as it stands at one instant. Times are milliseconds since the epoch. */
export interface Gateway {
  readonly name: string;
  readonly venue: string;
  /** Whose orders the private stream carries. */
  readonly accountCookie: string | null;
  readonly tradingEnabled: boolean;
  /** Whether what its account holds was read from the venue since its start; false without an account. */
  readonly hasComparedAccount: boolean;
  readonly state: GatewayState;
  readonly stateReason: string | null;
  readonly stateSince: number;
  readonly lastMessageAt: number | null;
  readonly connections: readonly GatewayConnection[];
  readonly contractReport: ContractReport | null;
}

/** One socket of a gateway, or its REST client. Times are milliseconds since the epoch. */
export interface GatewayConnection {
  readonly gateway: string;
  readonly kind: ConnectionKind;
  /** Among the gateway's connections of this kind, from 0. */
  readonly index: number;
  readonly state: GatewayState;
  readonly connectedAt: number | null;
  readonly lastMessageAt: number | null;
  readonly reconnects: number;
  readonly nextAttemptAt: number | null;
  readonly latencyMs: number | null;
  readonly subscriptions: readonly string[];
  /** Null for a socket. */
  readonly queuedRequests: number | null;
  /** Null for a socket. */
  readonly droppedRequests: number | null;
  /** At most 1,000 characters, secrets removed. */
  readonly lastSentText: string | null;
  /** At most 1,000 characters, secrets removed. */
  readonly lastReceivedText: string | null;
}
