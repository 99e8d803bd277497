import { resolveInstrument } from '../../domain/instrument.ts';
import { NAV_MARKETS, type NavMarket } from '../../domain/series.ts';
import { csvRows } from './csv-table.ts';

/**
 * funds.csv: code (in any spelling) and navMarket, the market whose clock strikes the fund's NAV. Answers the markets
 * by canonical code. Fails with DATA_INVALID, naming the line.
 */
export function parseFunds(text: string, where: string): ReadonlyMap<string, NavMarket> {
  const markets = new Map<string, NavMarket>();
  for (const row of csvRows(text, { where, required: ['code', 'navmarket'] })) {
    const spelling = row.text('code');
    const named = row.text('navmarket').toUpperCase();
    const market = NAV_MARKETS.find((candidate) => candidate === named);
    if (spelling === '' || spelling.length > 32)
      throw row.invalid(`a code of ${spelling.length} characters`, '1 to 32');
    if (market === undefined) throw row.invalid(`the navMarket ${named.slice(0, 32)}`, NAV_MARKETS.join(', '));
    markets.set(resolveInstrument(spelling).code, market);
  }
  return markets;
}
