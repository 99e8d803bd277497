import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CsvRow, csvRows } from '../../src/sources/folder/csv-table.ts';

// Turns recorded vendor files into a folder that Deskgraph serves, so that real data can be tried by hand:
//   node test/convert/shared-data.ts FROM TO
// FROM holds bars/ and nav/ in the vendors' own formats, which the readers below name.

type Bar = readonly [open: string, high: string, low: string, close: string, volume: string, amount: string];
type Series = Map<string, Bar>;

const [from, to] = process.argv.slice(2);
if (from === undefined || to === undefined) {
  console.error('received no folders, wanted: node test/convert/shared-data.ts FROM TO');
  process.exit(2);
}
convert(from, to);

function convert(source: string, target: string): void {
  mkdirSync(target, { recursive: true });
  const series = new Map<string, Series>();
  for (const fileName of readdirSync(join(source, 'bars')).sort()) {
    const text = readFileSync(join(source, 'bars', fileName), 'utf8');
    const [code = '', ...kind] = fileName.replace('.csv', '').split('_');
    const bars = readBars(kind.join('_'), text, fileName);
    const name = kind.includes('binance') ? code.replace(/USDT$/, '-USDT') : code;
    if (bars !== undefined) series.set(name, merged(series.get(name), bars));
    if (kind.join('_') === 'tushare_unadjusted') write(target, `${name}.events.csv`, exDays(text, fileName));
  }
  for (const [code, bars] of series) {
    const rows = [...bars]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([date, bar]) => [date, ...bar].join(','));
    write(target, `${code}.csv`, ['date,open,high,low,close,volume,amount', ...rows]);
  }
  const funds = readdirSync(join(source, 'nav')).map((fileName) => /nav_(\d{6})\.csv/.exec(fileName)?.[1] ?? '');
  for (const digits of funds) {
    const text = readFileSync(join(source, 'nav', `nav_${digits}.csv`), 'utf8');
    const rows = [...csvRows(text, { where: digits, required: ['date', 'nav'] })];
    write(target, `${digits}.SH.nav.csv`, ['date,nav', ...rows.map((row) => `${row.text('date')},${row.text('nav')}`)]);
  }
  write(target, 'funds.csv', ['code,navMarket', ...funds.map((digits) => `${digits}.SH,CN`)]);
}

/** Undefined for a kind that is not unadjusted. */
function readBars(kind: string, text: string, where: string): Series | undefined {
  if (kind === 'close_unadjusted')
    return bySession(text, where, ['date', 'close'], (row) => [row.text('date'), closeOnly(row)]);
  if (kind === 'unadjusted_shares') return readSharesWithoutHeader(text, where);
  if (kind === '1d_binance') return bySession(text, where, ['open_time', 'close'], binanceRow);
  if (kind === 'tushare' || kind === 'tushare_unadjusted')
    return bySession(text, where, ['trade_date', 'vol'], tushareRow);
  return undefined;
}

function bySession(
  text: string,
  where: string,
  required: readonly string[],
  parse: (row: CsvRow) => readonly [string, Bar],
): Series {
  return new Map([...csvRows(text, { where, required })].map(parse));
}

function closeOnly(row: CsvRow): Bar {
  return ['', '', '', row.text('close'), '', ''];
}

/** YYYY/MM/DD,open,high,low,close,volume in shares,amount in yuan. */
function readSharesWithoutHeader(text: string, where: string): Series {
  const withHeader = `date,open,high,low,close,volume,amount\n${text}`;
  return bySession(withHeader, where, ['date'], (row) => [
    row.text('date').replaceAll('/', '-'),
    prices(row, 'volume', 'amount'),
  ]);
}

/** Binance's klines: volume in coins, amount in the quote coin. */
function binanceRow(row: CsvRow): readonly [string, Bar] {
  return [row.text('open_time').slice(0, 10), prices(row, 'volume', 'quote_asset_volume')];
}

/** Tushare counts volume in lots of 100 and amount in thousands of yuan. */
function tushareRow(row: CsvRow): readonly [string, Bar] {
  const [open, high, low, close] = prices(row, 'vol', 'amount');
  const volume = Math.round(row.figure('vol') * 100);
  const amount = (row.figure('amount') * 1000).toFixed(2);
  return [row.text('trade_date'), [open, high, low, close, String(volume), amount]];
}

function prices(row: CsvRow, volume: string, amount: string): Bar {
  return [row.text('open'), row.text('high'), row.text('low'), row.text('close'), row.text(volume), row.text(amount)];
}

/** Both together; what was read first stays, gaps in it are filled. */
function merged(first: Series | undefined, second: Series): Series {
  const result = new Map(first);
  for (const [date, bar] of second) result.set(date, filled(result.get(date), bar));
  return result;
}

function filled(known: Bar | undefined, bar: Bar): Bar {
  if (known === undefined) return bar;
  const [open, high, low, close, volume, amount] = known;
  return [open || bar[0], high || bar[1], low || bar[2], close || bar[3], volume || bar[4], amount || bar[5]];
}

/** Days whose previous close was restated: the difference is what left the price, written as a dividend. */
function exDays(text: string, where: string): string[] {
  const rows = [...csvRows(text, { where, required: ['trade_date', 'close', 'pre_close'] })];
  const events = rows.flatMap((row, index) => {
    const before = rows[index - 1]?.figure('close') ?? row.figure('pre_close');
    const cash = before - row.figure('pre_close');
    return cash > 0.0005 ? [`${row.text('trade_date')},DIVIDEND,1,${cash.toFixed(4)}`] : [];
  });
  return ['date,kind,ratio,cash', ...events];
}

function write(folder: string, fileName: string, lines: readonly string[]): void {
  writeFileSync(join(folder, fileName), `${lines.join('\n')}\n`);
  console.log(`${fileName}: ${lines.length - 1} rows`);
}
