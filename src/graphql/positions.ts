import { POSITION_FIGURES, type PositionFigure, type Position as PositionRow } from '../domain/account.ts';
import { instrumentOfPosition } from '../domain/instrument.ts';
import type { AccountKey } from '../store/accounts.ts';
import { builder } from './builder.ts';
import { encodeId, encodeKey } from './global-id.ts';
import { InstrumentNode } from './instruments.ts';
import { storedValue } from './stored-value.ts';

const FIGURE_DESCRIPTIONS: Record<PositionFigure, string> = {
  volumeLong: 'Contracts or shares held long, as the source counts them.',
  volumeLongToday: 'The part of volumeLong opened on this trading day.',
  volumeLongHistory: 'The part of volumeLong opened on earlier days.',
  volumeLongFrozen: 'The part of volumeLong that working close orders hold back.',
  volumeShort: 'Contracts held short, as the source counts them.',
  volumeShortToday: 'The part of volumeShort opened on this trading day.',
  volumeShortHistory: 'The part of volumeShort opened on earlier days.',
  volumeShortFrozen: 'The part of volumeShort that working close orders hold back.',
  openPriceLong: 'Average price at which the long side was opened.',
  openPriceShort: 'Average price at which the short side was opened.',
  openCostLong: 'Price times volume times multiplier at which the long side was opened.',
  openCostShort: 'Price times volume times multiplier at which the short side was opened.',
  positionPriceLong: 'Average price of the long side since the last settlement.',
  positionPriceShort: 'Average price of the short side since the last settlement.',
  lastPrice: 'The last price that the writer knew.',
  floatProfit: 'Profit of the open volume against its open price, in the currency of the account.',
  positionProfit: 'Profit of the open volume since the last settlement, in the currency of the account.',
  margin: 'Money held for the position, in the currency of the account.',
};

/** A position and the account state that it was read from. */
export interface PositionShape extends PositionRow {
  readonly owner: AccountKey & { readonly asOf: string };
}

export const Position = builder.objectRef<PositionShape>('Position').implement({
  description:
    'Volumes and prices as the source stores them. A closed position arrives once with zero volumes, then no more.',
  fields: (t) => ({
    id: t.id({
      description: 'Opaque; a cache key only.',
      resolve: ({ owner, exchangeId, instrumentId }) =>
        encodeId('Position', encodeKey(owner.source, owner.accountCookie, owner.asOf, exchangeId ?? '', instrumentId)),
    }),
    instrumentId: t.exposeString('instrumentId', { description: 'As the QIFI document or the venue says it.' }),
    exchangeId: t.string({
      nullable: true,
      description: 'As the QIFI document says it.',
      resolve: (position, _args, context) => storedValue(position, 'exchangeId', context),
    }),
    instrument: t.field({
      type: InstrumentNode,
      nullable: true,
      description:
        'The instrument under its canonical code; null when exchange and instrument do not tell which it is.',
      resolve: ({ exchangeId, instrumentId }) => instrumentOfPosition(exchangeId, instrumentId) ?? null,
    }),
    ...Object.fromEntries(
      POSITION_FIGURES.map((figure) => [
        figure,
        t.float({
          nullable: true,
          description: FIGURE_DESCRIPTIONS[figure],
          resolve: (position, _args, context) => storedValue(position, figure, context),
        }),
      ]),
    ),
  }),
});
