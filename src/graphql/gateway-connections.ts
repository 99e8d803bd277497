import { CONNECTION_KINDS, type GatewayConnection as ConnectionStatus, GATEWAY_STATES } from '../domain/gateway.ts';
import { hasRole, type Viewer } from '../domain/viewer.ts';
import { builder } from './builder.ts';
import { describedEnum } from './described-enum.ts';
import { encodeId, encodeKey } from './global-id.ts';

export const GatewayStateEnum = describedEnum('GatewayState', {
  description: 'Where a gateway, or one of its connections, stands. New values may be added: keep a default branch.',
  values: GATEWAY_STATES,
  meaning: {
    DISABLED: 'Switched off, by an operator or by the configuration. Nothing connects.',
    DISCONNECTED: 'Not connected, waiting for the next attempt.',
    CONNECTING: 'Connecting, logging in or subscribing.',
    RECONCILING: 'Connected, comparing orders with the venue. New orders are refused meanwhile.',
    CONTRACTS_MISMATCH:
      'What the venue lists contradicts the stored list for contracts in use. New orders for these are refused until it is accepted.',
    DEGRADED: 'Connected, but a part of what it needs is silent, refused or down; stateReason says which.',
    CONNECTED: 'All it needs is up.',
  },
});

const ConnectionKindEnum = describedEnum('ConnectionKind', {
  description: 'What a connection of a gateway carries.',
  values: CONNECTION_KINDS,
  meaning: {
    PUBLIC: 'A socket with market data that needs no login.',
    BUSINESS: 'A second public socket, at venues that serve candles apart.',
    PRIVATE: "A socket with the account's own orders, positions and balances.",
    REST: 'The client of the request interface: orders, snapshots, contract lists.',
  },
});

export const GatewayConnection = builder.objectRef<ConnectionStatus>('GatewayConnection').implement({
  description: 'One socket of a gateway, or its REST client.',
  fields: (t) => ({
    id: t.id({
      description: 'Opaque; a cache key only. It stays the same over reconnects.',
      resolve: ({ gateway, kind, index }) => encodeId('GatewayConnection', encodeKey(gateway, kind, index)),
    }),
    kind: t.expose('kind', { type: ConnectionKindEnum, description: 'What it carries.' }),
    state: t.expose('state', { type: GatewayStateEnum, description: 'Where this connection stands.' }),
    connectedAt: t.expose('connectedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'Since when it is up; null while it is not.',
    }),
    lastMessageAt: t.expose('lastMessageAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the last frame or reply came in, heartbeats included; null before the first.',
    }),
    reconnects: t.exposeInt('reconnects', {
      description: 'Connections made since the start of the process, without the first.',
    }),
    nextAttemptAt: t.expose('nextAttemptAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it connects again; null when no attempt is due.',
    }),
    latencyMs: t.exposeFloat('latencyMs', {
      nullable: true,
      description: 'Milliseconds from the last probe to its reply; null before the first.',
    }),
    subscriptions: t.exposeStringList('subscriptions', {
      description: 'What it is asked to carry, such as `ticks BTC-USDT` and `bars BTC-USDT M1`; [] for REST.',
    }),
    queuedRequests: t.exposeInt('queuedRequests', {
      nullable: true,
      description: 'Requests that wait to be sent, or to be sent again; null for a socket.',
    }),
    droppedRequests: t.exposeInt('droppedRequests', {
      nullable: true,
      description:
        'Requests for market data that were refused because the queue was full or the venue down, since the start of the process; null for a socket.',
    }),
    lastSentText: t.string({
      nullable: true,
      description:
        'The first 1,000 characters of the last frame sent, secrets removed. Null, without an error, below the role OPERATOR.',
      resolve: ({ lastSentText }, _args, { viewer }) => forOperators(lastSentText, viewer),
    }),
    lastReceivedText: t.string({
      nullable: true,
      description:
        'The first 1,000 characters of the last frame received, secrets removed. Null, without an error, below the role OPERATOR.',
      resolve: ({ lastReceivedText }, _args, { viewer }) => forOperators(lastReceivedText, viewer),
    }),
  }),
});

function forOperators(text: string | null, viewer: Viewer): string | null {
  return hasRole(viewer, 'OPERATOR') ? text : null;
}
