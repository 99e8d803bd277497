import type { Position, PositionFigure } from './account.ts';
import { withFaults } from './data-faults.ts';
import type { QifiRecord } from './qifi-record.ts';

/**
 * The positions of a document, ascending by exchange and instrument. The keys of the map differ between the writers
 * (`SHFE.rb2005`, `SHFE_rb2005`, `rb2005`) and tell nothing; one without an instrument is left out with an issue.
 */
export function positionsOf(document: QifiRecord): Position[] {
  const byIdentity = new Map<string, Position>();
  for (const record of document.records('positions')) {
    const position = positionOf(record);
    if (position === undefined) continue;
    const identity = JSON.stringify([position.exchangeId, position.instrumentId]);
    if (byIdentity.has(identity)) record.leaveOut('its instrument is there already');
    else byIdentity.set(identity, position);
  }
  return [...byIdentity.values()].sort(
    (one, other) =>
      compareText(one.exchangeId ?? '', other.exchangeId ?? '') || compareText(one.instrumentId, other.instrumentId),
  );
}

function positionOf(record: QifiRecord): Position | undefined {
  const instrumentId = record.name('instrument_id');
  if (instrumentId === null) {
    record.leaveOut('it has no instrument_id');
    return undefined;
  }
  const figure = (name: PositionFigure) => record.figure(FIELD_OF[name]);
  const position: Position = {
    instrumentId,
    exchangeId: record.name('exchange_id'),
    volumeLong: figure('volumeLong'),
    volumeLongToday: figure('volumeLongToday'),
    volumeLongHistory: figure('volumeLongHistory'),
    volumeLongFrozen: figure('volumeLongFrozen'),
    volumeShort: figure('volumeShort'),
    volumeShortToday: figure('volumeShortToday'),
    volumeShortHistory: figure('volumeShortHistory'),
    volumeShortFrozen: figure('volumeShortFrozen'),
    openPriceLong: figure('openPriceLong'),
    openPriceShort: figure('openPriceShort'),
    openCostLong: figure('openCostLong'),
    openCostShort: figure('openCostShort'),
    positionPriceLong: figure('positionPriceLong'),
    positionPriceShort: figure('positionPriceShort'),
    lastPrice: figure('lastPrice'),
    floatProfit: figure('floatProfit'),
    positionProfit: figure('positionProfit'),
    margin: figure('margin'),
  };
  return withFaults(position, record.notes.origin, record.rejected(NAME_OF_FIELD));
}

/** By code units, whatever the locale of the machine. */
function compareText(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

export const FIELD_OF: Readonly<Record<PositionFigure, string>> = {
  volumeLong: 'volume_long',
  volumeLongToday: 'volume_long_today',
  volumeLongHistory: 'volume_long_his',
  volumeLongFrozen: 'volume_long_frozen',
  volumeShort: 'volume_short',
  volumeShortToday: 'volume_short_today',
  volumeShortHistory: 'volume_short_his',
  volumeShortFrozen: 'volume_short_frozen',
  openPriceLong: 'open_price_long',
  openPriceShort: 'open_price_short',
  openCostLong: 'open_cost_long',
  openCostShort: 'open_cost_short',
  positionPriceLong: 'position_price_long',
  positionPriceShort: 'position_price_short',
  lastPrice: 'last_price',
  floatProfit: 'float_profit',
  positionProfit: 'position_profit',
  margin: 'margin',
};

const NAME_OF_FIELD: ReadonlyMap<string, string> = new Map([
  ...Object.entries(FIELD_OF).map(([name, field]) => [field, name] as const),
  ['exchange_id', 'exchangeId'],
]);
