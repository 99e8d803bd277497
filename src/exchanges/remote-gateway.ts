import type { ContractReport, ContractTerms } from '../domain/contract.ts';
import { badUserInput, CodedError, notAvailable, quoted } from '../domain/errors.ts';
import type { Gateway } from '../domain/gateway.ts';
import type { LiveOrder } from '../domain/live-order.ts';
import type { MarketTopic } from '../domain/market-topic.ts';
import { orderOfRequest } from '../domain/order-join.ts';
import type { OrderRequest, OrderTarget } from '../domain/order-request.ts';
import type {
  AccountSession,
  CancelOutcome,
  ContractsSession,
  GatewaySession,
  OrderRefusal,
  PlaceOutcome,
} from './gateways.ts';
import { readOrderRequest, readOrderTarget, readSymbol } from './order-call.ts';

/** What the process that carries a gateway can be asked. */
export interface GatewayCalls {
  setEnabled: { readonly isEnabled: boolean };
  placeOrder: { readonly request: OrderRequest };
  cancelOrder: { readonly target: OrderTarget; readonly symbol: string | undefined };
  order: { readonly target: OrderTarget };
  openOrders: Record<never, never>;
  contracts: Record<never, never>;
  checkContracts: { readonly accept: boolean };
}

/** The process that carries a gateway, seen from another one. */
export interface GatewayCarrier {
  /** The gateway as it was told last. */
  status(): Gateway;
  /** Whether its account was read from the venue since it was first told of. */
  hasCompared(): boolean;
  /** As a GatewaySession is wanted from. */
  want(topics: readonly MarketTopic[]): () => void;
  /** Fails as the session there does. */
  ask<Method extends keyof GatewayCalls>(method: Method, values: GatewayCalls[Method]): Promise<CarrierAnswer>;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** NOT_SENT: nobody heard it. NO_ANSWER: somebody may have. */
export type CarrierAnswer = { readonly value: unknown } | 'NOT_SENT' | 'NO_ANSWER';

/** A gateway that another process carries. */
export class RemoteGateway implements GatewaySession {
  readonly name: string;
  readonly account: AccountSession | undefined;
  readonly contracts: ContractsSession;
  readonly #carrier: GatewayCarrier;

  constructor(name: string, carrier: GatewayCarrier) {
    const { accountCookie } = carrier.status();
    this.name = name;
    this.account = accountCookie === null ? undefined : new RemoteAccount(accountCookie, carrier);
    this.contracts = remoteContracts(carrier);
    this.#carrier = carrier;
  }

  status(): Gateway {
    return this.#carrier.status();
  }

  want(topics: readonly MarketTopic[]): () => void {
    return this.#carrier.want(topics);
  }

  /** Fails with GATEWAY_DOWN when it is not known whether it was done. */
  async setEnabled(isEnabled: boolean): Promise<void> {
    const answer = await this.#carrier.ask('setEnabled', { isEnabled });
    if (typeof answer === 'string') throw gatewayDown(answer);
  }
}

function remoteContracts(carrier: GatewayCarrier): ContractsSession {
  return {
    list: async () => {
      const answer = await carrier.ask('contracts', {});
      if (typeof answer === 'string') throw gatewayDown(answer);
      return (answer.value as readonly ContractTerms[] | null) ?? undefined;
    },
    check: async ({ accept }) => {
      const answer = await carrier.ask('checkContracts', { accept });
      if (typeof answer === 'string') throw gatewayDown(answer);
      return answer.value as ContractReport;
    },
  };
}

class RemoteAccount implements AccountSession {
  readonly accountCookie: string;
  readonly #carrier: GatewayCarrier;

  constructor(accountCookie: string, carrier: GatewayCarrier) {
    this.accountCookie = accountCookie;
    this.#carrier = carrier;
  }

  get hasCompared(): boolean {
    return this.#carrier.hasCompared();
  }

  /** UNKNOWN when the process that carries the gateway may have sent it. It is never asked twice. */
  async placeOrder(request: OrderRequest): Promise<PlaceOutcome> {
    const answer = await this.#carrier.ask('placeOrder', { request });
    if (answer === 'NOT_SENT') return refusal(answer);
    if (answer === 'NO_ANSWER') {
      const order = orderOfRequest(request, 'UNKNOWN', this.#carrier.now());
      return { type: 'ORDER', order: { ...order, statusMessage: REASONS[answer] } };
    }
    return answer.value as PlaceOutcome;
  }

  async cancelOrder(target: OrderTarget, symbol?: string): Promise<CancelOutcome> {
    const answer = await this.#carrier.ask('cancelOrder', { target, symbol });
    return typeof answer === 'string' ? refusal(answer) : (answer.value as CancelOutcome);
  }

  async order(target: OrderTarget): Promise<LiveOrder | undefined> {
    const answer = await this.#carrier.ask('order', { target });
    if (typeof answer === 'string') throw gatewayDown(answer);
    return (answer.value as LiveOrder | null) ?? undefined;
  }

  async openOrders(): Promise<readonly LiveOrder[]> {
    const answer = await this.#carrier.ask('openOrders', {});
    if (typeof answer === 'string') throw gatewayDown(answer);
    return answer.value as readonly LiveOrder[];
  }
}

const REASONS = {
  NOT_SENT: 'the process that carries the gateway cannot be reached',
  NO_ANSWER: 'the process that carries the gateway gave no answer; it may have done what it was asked',
} as const;

function refusal(answer: keyof typeof REASONS): OrderRefusal {
  return { type: 'REFUSED', code: 'GATEWAY_DOWN', message: REASONS[answer], venueCode: null };
}

function gatewayDown(answer: keyof typeof REASONS): CodedError {
  return new CodedError('GATEWAY_DOWN', REASONS[answer]);
}

/** What a gateway of this process answers to another one. */
export function answerCall(session: GatewaySession, method: string, values: object): unknown {
  const calls = values as Partial<GatewayCalls[keyof GatewayCalls]> & Record<string, unknown>;
  if (method === 'setEnabled') return session.setEnabled(calls.isEnabled === true);
  const { account, contracts } = session;
  if (method === 'contracts') return contracts?.list();
  if (method === 'checkContracts') return checkContracts(session, calls.accept === true);
  if (account === undefined) throw new CodedError('NOT_FOUND', 'the gateway carries no account');
  if (method === 'placeOrder') return account.placeOrder(requestFor(session, calls.request));
  if (method === 'cancelOrder') return account.cancelOrder(readOrderTarget(calls.target), readSymbol(calls.symbol));
  if (method === 'order') return account.order(readOrderTarget(calls.target));
  if (method === 'openOrders') return account.openOrders();
  throw new CodedError('NOT_AVAILABLE', 'the gateway does not know what it was asked');
}

/** Written down under its account before it is sent, so it has to be that of the gateway. */
function requestFor(session: GatewaySession, received: unknown): OrderRequest {
  const request = readOrderRequest(received);
  const { accountCookie } = session.status();
  if (request.gateway === session.name && request.accountCookie === accountCookie) return request;
  throw badUserInput('received an order of another gateway or account, wanted one of those that the gateway carries');
}

function checkContracts({ name, contracts }: GatewaySession, accept: boolean): Promise<ContractReport> {
  if (contracts === undefined) throw notAvailable(`checking the contracts of ${quoted(name)}`);
  return contracts.check({ accept });
}
