import type { AccountSource } from '../../src/domain/account.ts';
import type { DataReport, DocumentOrigin } from '../../src/domain/data-faults.ts';
import { distinctOrders } from '../../src/domain/insertion-order.ts';
import { decodeFills } from '../../src/domain/qifi-fills.ts';
import { decodeOrders } from '../../src/domain/qifi-orders.ts';
import { decodeOwner } from '../../src/domain/qifi-owner.ts';
import { decodeEquityRow } from '../../src/domain/qifi-series.ts';
import { decodeState } from '../../src/domain/qifi-state.ts';
import { inCodeUnits } from '../../src/domain/text-order.ts';
import { distinctTrades } from '../../src/domain/trade-order.ts';
import type { AccountReads } from '../../src/loaders/accounts.ts';
import type { AccountKey } from '../../src/store/accounts.ts';

/** A document as its store keeps it. */
export interface StoredDocument extends Readonly<Record<string, unknown>> {
  readonly _id: string;
}

/** QIFI documents of one source in memory, decoded whenever they are read. They have to be in the order of their days. */
export function documentStore(source: AccountSource, documents: readonly StoredDocument[]): AccountReads {
  const originOf = ({ _id }: StoredDocument): DocumentOrigin => ({ collection: 'quantaxis.history', documentId: _id });
  const reportEach = (document: StoredDocument, messages: readonly string[], report?: DataReport): void => {
    for (const message of messages) report?.({ origin: originOf(document), message });
  };
  const ofAccount = ({ accountCookie }: AccountKey) =>
    documents.flatMap((document) => {
      const decoded = decodeOwner(document, source);
      const isOwn = decoded.kind === 'DECODED' && decoded.owner.accountCookie === accountCookie;
      return isOwn ? [{ document, owner: decoded.owner }] : [];
    });
  const statesOf = (key: AccountKey, report?: DataReport) =>
    ofAccount(key).flatMap(({ document }) => {
      const state = decodeState(document, source, originOf(document));
      reportEach(document, state.kind === 'DECODED' ? state.leftOut : [state.reason], report);
      return state.kind === 'DECODED' ? [state.snapshot] : [];
    });
  return {
    listAccounts: async (_filter, { report } = {}) => {
      const portfolios = new Map<string, string | null>();
      for (const document of documents) {
        const state = decodeState(document, source, originOf(document));
        if (state.kind === 'DECODED') portfolios.set(state.snapshot.accountCookie, state.snapshot.portfolio);
        else reportEach(document, [state.reason], report);
      }
      return [...portfolios]
        .map(([accountCookie, portfolio]) => ({ source, accountCookie, portfolio }))
        .sort((one, other) => inCodeUnits(one.accountCookie, other.accountCookie));
    },
    latestSnapshots: async (keys, { report } = {}) => keys.map((key) => statesOf(key, report).at(-1)),
    snapshotsOfDay: async (keys, { report } = {}) =>
      keys.map((key) => statesOf(key, report).find(({ tradingDay }) => tradingDay === key.tradingDay)),
    equityRows: async (keys, { report } = {}) =>
      keys.map((key) =>
        ofAccount(key).flatMap(({ document }) => {
          const decoded = decodeEquityRow(document, originOf(document));
          if (decoded.kind === 'REFUSED') reportEach(document, [decoded.reason], report);
          return decoded.kind === 'DECODED' ? [decoded.row] : [];
        }),
      ),
    equityMarks: async (keys) => keys.map(() => []),
    trades: async (keys, { report } = {}) =>
      keys.map((key) =>
        distinctTrades(
          ofAccount(key).flatMap(({ document, owner }) => {
            const { trades, leftOut } = decodeFills(document, owner, originOf(document));
            reportEach(document, leftOut, report);
            return trades;
          }),
        ),
      ),
    orders: async (keys, { report } = {}) =>
      keys.map((key) =>
        distinctOrders(
          ofAccount(key).flatMap(({ document, owner }) => {
            const { orders, leftOut } = decodeOrders(document, owner, originOf(document));
            reportEach(document, leftOut, report);
            return orders;
          }),
        ),
      ),
  };
}
