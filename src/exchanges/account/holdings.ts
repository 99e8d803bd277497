import type { Clock } from '../../async/clock.ts';
import type { Position } from '../../domain/account.ts';
import { closedPosition, isFlatPosition, isSamePosition } from '../../domain/holding-changes.ts';
import type { AccountSink } from '../gateways.ts';
import type { CurrencyBalance } from '../venue-account.ts';

export interface HoldingsOptions {
  readonly gateway: string;
  readonly accountCookie: string;
  readonly sink: AccountSink;
  readonly clock: Clock;
}

/** Everything that an account holds at one moment. */
export interface AllHoldings {
  readonly positions: readonly Position[];
  readonly balances: readonly CurrencyBalance[];
}

/** What an account holds, as it was told to the sink last. */
export class Holdings {
  readonly #options: HoldingsOptions;
  /** By instrument; without those that are closed. */
  readonly #positions = new Map<string, Position>();
  /** By currency. */
  readonly #balances = new Map<string, CurrencyBalance>();

  #areKnown = false;

  constructor(options: HoldingsOptions) {
    this.#options = options;
  }

  /** Whether all that there is was told once. */
  get areKnown(): boolean {
    return this.#areKnown;
  }

  /** Those in which there is a position that is not closed. */
  instruments(): Iterable<string> {
    return this.#positions.keys();
  }

  position(position: Position): void {
    const { gateway, accountCookie, sink, clock } = this.#options;
    const { instrumentId } = position;
    const before = this.#positions.get(instrumentId);
    const isClosed = isFlatPosition(position);
    if (isClosed && before === undefined) return;
    if (before !== undefined && isSamePosition(before, position)) return;
    if (isClosed) this.#positions.delete(instrumentId);
    else this.#positions.set(instrumentId, position);
    sink.position({ gateway, accountCookie, source: 'REALTIME', receivedAt: clock.now(), position });
  }

  balance(balance: CurrencyBalance): void {
    const { gateway, accountCookie, sink, clock } = this.#options;
    const before = this.#balances.get(balance.currency);
    if (before?.total === balance.total && before.available === balance.available) return;
    this.#balances.set(balance.currency, balance);
    sink.balance({ gateway, accountCookie, receivedAt: clock.now(), ...balance });
  }

  /** All that there is: what is not among it any more is closed or spent. */
  replace({ positions, balances }: AllHoldings): void {
    this.#areKnown = true;
    const held = new Set(positions.map(({ instrumentId }) => instrumentId));
    for (const position of this.#positions.values()) {
      if (!held.has(position.instrumentId)) this.position(closedPosition(position));
    }
    const owned = new Set(balances.map(({ currency }) => currency));
    for (const { currency } of this.#balances.values()) {
      if (!owned.has(currency)) this.balance({ currency, total: '0', available: '0' });
    }
    for (const position of positions) this.position(position);
    for (const balance of balances) this.balance(balance);
  }
}
