import type { AccountSnapshot, Position } from '../domain/account.ts';
import type { AccountDocument } from '../domain/account-document.ts';
import { balanceOf, type OwnedBalance, positionChanges, positionKey } from '../domain/holding-changes.ts';
import type { BalanceState, PositionState } from '../domain/live-account.ts';
import { FollowedOrders, type FollowedOrdersOptions } from './followed-orders.ts';

/** Where the holdings of an account go as they are seen. Nothing here waits or throws. */
export interface HoldingSink {
  /** All volumes zero: it was closed, and nothing follows until it is opened again. */
  position(state: PositionState): void;
  balance(state: BalanceState): void;
  /** The account is followed no longer: what was told of it is not its present state. */
  dropped(holdings: ToldHoldings): void;
}

/** Everything that was told of the holdings of an account. */
export interface ToldHoldings {
  readonly accountCookie: string;
  readonly positions: readonly Pick<Position, 'exchangeId' | 'instrumentId'>[];
  readonly currencies: readonly string[];
}

export interface FollowedAccountOptions extends FollowedOrdersOptions {
  readonly holdings: HoldingSink;
}

/** Tells what is new in each state of an account that is seen. */
export class FollowedAccount {
  readonly #options: FollowedAccountOptions;
  readonly #orders: FollowedOrders;
  #positions: readonly Position[] = [];
  #balance: OwnedBalance | undefined;
  readonly #toldPositions = new Map<string, Position>();
  readonly #toldCurrencies = new Set<string>();
  #isDropped = false;

  constructor(options: FollowedAccountOptions) {
    this.#options = options;
    this.#orders = new FollowedOrders(options);
  }

  /** `now` is in milliseconds since the epoch. Fails as the record of orders and the store of accounts do. */
  async observe(document: AccountDocument, now: number): Promise<void> {
    if (this.#isDropped) return;
    this.#observePositions(document.snapshot, now);
    this.#observeBalance(document.snapshot, now);
    await this.#orders.observe(document, now);
  }

  drop(): void {
    this.#isDropped = true;
    const { accountCookie, holdings } = this.#options;
    const [positions, currencies] = [[...this.#toldPositions.values()], [...this.#toldCurrencies]];
    holdings.dropped({ accountCookie, positions, currencies });
  }

  #observePositions({ positions }: AccountSnapshot, receivedAt: number): void {
    const { accountCookie, holdings } = this.#options;
    for (const position of positionChanges(this.#positions, positions)) {
      this.#toldPositions.set(positionKey(position), position);
      holdings.position({ gateway: null, accountCookie, source: 'REALTIME', receivedAt, position });
    }
    this.#positions = positions;
  }

  /** A state that does not tell its balance is no news of it. */
  #observeBalance(snapshot: AccountSnapshot, receivedAt: number): void {
    const before = this.#balance;
    const balance = balanceOf(snapshot);
    if (balance === undefined) return;
    const { currency, total, available } = balance;
    if (before?.currency === currency && before.total === total && before.available === available) return;
    const { accountCookie, holdings } = this.#options;
    const tell = (owned: OwnedBalance): void => {
      this.#toldCurrencies.add(owned.currency);
      holdings.balance({ gateway: null, accountCookie, receivedAt, ...owned });
    };
    // The account is kept in another currency now.
    if (before !== undefined && before.currency !== currency) tell({ ...before, total: '0', available: '0' });
    tell(balance);
    this.#balance = balance;
  }
}
