import { setImmediate as nextTurn } from 'node:timers/promises';
import { notFound, quoted } from '../../domain/errors.ts';
import type { BarHistory, CorporateEvent, NavHistory } from '../../domain/series.ts';
import { NO_HISTORY, type PriceSource } from '../price-source.ts';
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
const CODE = /^[A-Z0-9](?:[A-Z0-9=-]|\.(?!\.)){0,31}$/;

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
    return {
      code,
      columns,
      events: (await readEvents(code, signal)) ?? [],
      areEventsKnown: true,
      renewal: 'REVISION',
      source: name,
      fetchedAt: now(),
      revision,
    };
  }

  async function loadEvents(code: string, signal: AbortSignal): Promise<readonly CorporateEvent[]> {
    const events = await readEvents(fileStem(code, name), signal);
    if (events === undefined) throw noHistory(code, name);
    return events;
  }

  /** Undefined when the folder has no file of them. */
  async function readEvents(stem: string, signal: AbortSignal): Promise<readonly CorporateEvent[] | undefined> {
    const fileName = `${stem}.events.csv`;
    const text = await folder.read(fileName, signal);
    return text === undefined ? undefined : parseEvents(text, fileName);
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
    return revisionOf([`${stem}.csv`, `${stem}.events.csv`]);
  }

  async function navsRevision(code: string): Promise<string> {
    return revisionOf([`${fileStem(code, name)}.nav.csv`, FUNDS_FILE]);
  }

  /** Of the first file, without which there is no series, and of those beside it. */
  async function revisionOf(fileNames: readonly string[]): Promise<string> {
    return revisionOfPrints(await folder.fingerprints(fileNames));
  }

  function barsRevisionAtOnce(code: string): string | undefined {
    if (!CODE.test(code)) return undefined;
    const prints = folder.fingerprintsAtOnce([`${code}.csv`, `${code}.events.csv`]);
    return prints === undefined ? undefined : revisionOfPrints(prints);
  }

  return { name, loadBars, loadNavs, loadEvents, barsRevision, navsRevision, barsRevisionAtOnce };
}

function revisionOfPrints([print = NO_HISTORY, ...others]: readonly string[]): string {
  return print === NO_HISTORY ? NO_HISTORY : [print, ...others].join(' ');
}

/** The code itself, as long as it cannot lead out of the folder or name something else in it. */
function fileStem(code: string, name: string): string {
  if (!CODE.test(code)) throw noHistory(code, name);
  return code;
}

function noHistory(code: string, name: string): Error {
  return notFound(`no history for ${quoted(code)} in ${name}`);
}
