import { CONTRACT_CHANGE_KINDS, type ContractReport } from '../../domain/contract.ts';
import { CONNECTION_KINDS, GATEWAY_STATES, type Gateway, type GatewayConnection } from '../../domain/gateway.ts';
import { isInstant } from './market-values.ts';

type Fields = Readonly<Record<string, unknown>>;

/** The state of a gateway that any program may have published. Undefined for what is none. */
export function parseGateway(value: object): Gateway | undefined {
  return isGateway(value) ? value : undefined;
}

function isGateway(value: object): value is Gateway {
  const { name, venue, accountCookie, tradingEnabled, hasComparedAccount, state, ...rest }: Fields = { ...value };
  const { stateReason, stateSince, lastMessageAt, connections, contractReport } = rest;
  return (
    [name, venue].every(isText) &&
    [accountCookie, stateReason].every(isTextOrNull) &&
    [tradingEnabled, hasComparedAccount].every((flag) => typeof flag === 'boolean') &&
    isOneOf(state, GATEWAY_STATES) &&
    isInstant(stateSince) &&
    isInstantOrNull(lastMessageAt) &&
    isListOf(connections, isConnection) &&
    (contractReport === null || isReport(contractReport))
  );
}

function isConnection(value: unknown): value is GatewayConnection {
  const { gateway, kind, index, state, reconnects, subscriptions, ...rest }: Fields = { ...Object(value) };
  const { connectedAt, lastMessageAt, nextAttemptAt, latencyMs, lastSentText, lastReceivedText } = rest;
  const { queuedRequests, droppedRequests } = rest;
  return (
    isText(gateway) &&
    isOneOf(kind, CONNECTION_KINDS) &&
    isOneOf(state, GATEWAY_STATES) &&
    [index, reconnects].every(isCount) &&
    isListOf(subscriptions, isText) &&
    [connectedAt, lastMessageAt, nextAttemptAt].every(isInstantOrNull) &&
    (latencyMs === null || Number.isFinite(latencyMs)) &&
    [queuedRequests, droppedRequests].every((count) => count === null || isCount(count)) &&
    [lastSentText, lastReceivedText].every(isTextOrNull)
  );
}

function isReport(value: unknown): value is ContractReport {
  const { checkedAt, matching, added, removed, changed, blocked, acceptedAt }: Fields = { ...Object(value) };
  return (
    isInstant(checkedAt) &&
    isCount(matching) &&
    [added, removed, blocked].every((symbols) => isListOf(symbols, isText)) &&
    isListOf(changed, isChange) &&
    isInstantOrNull(acceptedAt)
  );
}

function isChange(value: unknown): boolean {
  const { kind, symbol, field, stored, venue }: Fields = { ...Object(value) };
  return isOneOf(kind, CONTRACT_CHANGE_KINDS) && [symbol, field].every(isText) && [stored, venue].every(isTextOrNull);
}

function isListOf(value: unknown, isItem: (item: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(isItem);
}

function isOneOf(value: unknown, values: readonly string[]): boolean {
  return typeof value === 'string' && values.includes(value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isTextOrNull(value: unknown): boolean {
  return value === null || isText(value);
}

/** GraphQL's Int. */
function isCount(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) < 2 ** 31;
}

function isInstantOrNull(value: unknown): boolean {
  return value === null || isInstant(value);
}
