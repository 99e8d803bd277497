import type { EquityRow } from '../../src/domain/account.ts';
import { day } from './bars.ts';

/** A day of a series; figures that are not given are null. */
export function row(date: string, balance: number, more: Partial<EquityRow> = {}): EquityRow {
  return {
    tradingDay: day(date),
    balance,
    preBalance: null,
    available: null,
    margin: null,
    deposit: null,
    withdraw: null,
    ...more,
  };
}
