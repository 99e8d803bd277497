import { GATEWAY_STATES, type GatewayState } from '../domain/gateway.ts';

/** Where something stands, and why when that is not well. */
export interface Standing {
  readonly state: GatewayState;
  readonly reason: string | null;
}

export interface ConnectionStanding extends Standing {
  readonly kind: string;
}

const NAMED_TOPICS = 10;

/** The standing of a socket by its own state and by what of its topics the venue never acknowledged, or does not send. */
export function socketStanding(socket: Standing, { isSettled, givenUp, silence }: SubscriptionStanding): Standing {
  if (socket.state !== 'CONNECTED') return socket;
  if (givenUp.length > 0) return { state: 'DEGRADED', reason: `the venue does not acknowledge ${listed(givenUp)}` };
  if (silence !== null) return { state: 'DEGRADED', reason: silence };
  return { state: isSettled ? 'CONNECTED' : 'CONNECTING', reason: null };
}

/** What a socket's subscriptions came to. */
export interface SubscriptionStanding {
  readonly isSettled: boolean;
  readonly givenUp: readonly string[];
  /** What is acknowledged and does not come, in words. */
  readonly silence: string | null;
}

/**
 * The standing of a gateway by those of the sockets that it needs. As long as one socket works, the failure of another
 * one degrades the gateway: only part of the data is missing.
 */
export function gatewayStanding(connections: readonly ConnectionStanding[]): Standing {
  const faulty = connections.filter(({ reason }) => reason !== null);
  const reason = faulty.length === 0 ? null : faulty.map((each) => `${each.kind}: ${each.reason}`).join('; ');
  const states = new Set(connections.map(({ state }) => state));
  if (states.has('DEGRADED')) return { state: 'DEGRADED', reason };
  if (states.has('CONNECTED') && faulty.length > 0) return { state: 'DEGRADED', reason };
  if (states.has('DISCONNECTED')) return { state: 'DISCONNECTED', reason };
  if (states.has('RECONCILING')) return { state: 'RECONCILING', reason };
  return { state: states.has('CONNECTING') ? 'CONNECTING' : 'CONNECTED', reason };
}

/** The graver of two standings, with the reasons of both. The states are listed by what they keep from working. */
export function graver(one: Standing, other: Standing): Standing {
  const reasons = [one.reason, other.reason].filter((reason) => reason !== null);
  const rank = ({ state }: Standing): number => GATEWAY_STATES.indexOf(state);
  const { state } = rank(one) <= rank(other) ? one : other;
  return { state, reason: reasons.length === 0 ? null : reasons.join('; ') };
}

function listed(names: readonly string[]): string {
  const named = names.slice(0, NAMED_TOPICS).join(', ');
  return names.length > NAMED_TOPICS ? `${named} and ${names.length - NAMED_TOPICS} more` : named;
}
