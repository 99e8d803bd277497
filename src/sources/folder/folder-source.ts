import { setImmediate as nextTurn } from 'node:timers/promises';
import { notFound, quoted } from '../../domain/errors.ts';
import type { BarHistory, NavHistory } from '../../domain/series.ts';
import type { PriceSource } from '../price-source.ts';
import { openFolder } from './folder-files.ts';
import { parseBars } from './parse-bars.ts';
import { parseEvents } from './parse-events.ts';
import { parseFunds } from './parse-funds.ts';
import { parseNavs } from './parse-navs.ts';

export interface FolderSourceOptions {
  readonly path: string;
  /** As answers and errors name it. Default `folder`. */
  readonly name?: string;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

const FUNDS_FILE = 'funds.csv';

/**
 * Prices from a folder of CSV files, named by canonical codes: CODE.csv, CODE.nav.csv, CODE.events.csv, and funds.csv.
 * A revision is made of the times and sizes of the files that make a series, looked at before they are read, so that a
 * change in between shows at the next look. Parsing holds the event loop, so that each file has a turn of its own.
 */
export function createFolderSource({ path, name = 'folder', now = Date.now }: FolderSourceOptions): PriceSource {
  const folder = openFolder(path, name);

  async function loadBars(code: string, signal: AbortSignal): Promise<BarHistory> {
    const revision = await barsRevision(code);
    const fileName = `${fileStem(code, name)}.csv`;
    const text = await folder.read(fileName, signal);
    await nextTurn();
    const columns = text === undefined ? undefined : parseBars(text, fileName);
    if (columns === undefined || columns.day.length === 0) throw noHistory(code, name);
    const eventsFile = `${code}.events.csv`;
    const events = await folder.read(eventsFile, signal);
    return {
      code,
      columns,
      events: events === undefined ? [] : parseEvents(events, eventsFile),
      areEventsKnown: true,
      renewal: 'REVISION',
      source: name,
      fetchedAt: now(),
      revision,
    };
  }

  async function loadNavs(code: string, signal: AbortSignal): Promise<NavHistory> {
    const revision = await navsRevision(code);
    const fileName = `${fileStem(code, name)}.nav.csv`;
    const text = await folder.read(fileName, signal);
    await nextTurn();
    const columns = text === undefined ? undefined : parseNavs(text, fileName);
    if (columns === undefined || columns.day.length === 0) throw noHistory(code, name);
    const funds = await folder.read(FUNDS_FILE, signal);
    const navMarket = funds === undefined ? undefined : parseFunds(funds, FUNDS_FILE).get(code);
    return {
      code,
      ...columns,
      navMarket,
      events: [],
      renewal: 'REVISION',
      source: name,
      fetchedAt: now(),
      revision,
    };
  }

  async function barsRevision(code: string): Promise<string> {
    const stem = fileStem(code, name);
    return folder.fingerprint([`${stem}.csv`, `${stem}.events.csv`]);
  }

  async function navsRevision(code: string): Promise<string> {
    return folder.fingerprint([`${fileStem(code, name)}.nav.csv`, FUNDS_FILE]);
  }

  return { name, loadBars, loadNavs, barsRevision, navsRevision };
}

/** The code itself, as long as it cannot lead out of the folder or name something else in it. */
function fileStem(code: string, name: string): string {
  if (!/^[A-Z0-9](?:[A-Z0-9=-]|\.(?!\.)){0,31}$/.test(code)) throw noHistory(code, name);
  return code;
}

function noHistory(code: string, name: string): Error {
  return notFound(`no history for ${quoted(code)} in ${name}`);
}
