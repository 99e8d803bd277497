import type { Day } from '../../domain/day.ts';
import { type RowIdentity, replaces } from './stored-rows.ts';

/** What was made of the states of several accounts: of each day that of the state that stands for it. */
export class StatesByDay<Made> {
  readonly #accounts = new Map<string, Map<Day | null, { readonly row: RowIdentity; readonly made: Made }>>();

  add(row: RowIdentity, made: Made): void {
    const { accountCookie, tradingDay } = row.owner;
    const days = this.#accounts.get(accountCookie) ?? new Map();
    this.#accounts.set(accountCookie, days);
    const other = days.get(tradingDay);
    if (other === undefined || replaces(row, other.row)) days.set(tradingDay, { row, made });
  }

  on(accountCookie: string, day: Day | null): Made | undefined {
    return this.#accounts.get(accountCookie)?.get(day)?.made;
  }

  /** In no order. */
  of(accountCookie: string): Made[] {
    return [...(this.#accounts.get(accountCookie)?.values() ?? [])].map(({ made }) => made);
  }
}
