import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseImportArguments } from '../src/cli/import.ts';
import { CONFIGURATION_KEYS, loadConfig } from '../src/config.ts';
import { tradingDayOf, updateTimeOf } from '../src/domain/qifi-times.ts';
import { createIndexLine, HELPFUL_INDEXES } from '../src/store/mongo/helpful-indexes.ts';
import { QIFI_COLLECTIONS } from '../src/store/mongo/qifi-collections.ts';
import { day } from './support/bars.ts';
import { codeLinesOf, codesOf, rowsOf, sectionOf } from './support/markdown.ts';

const root = new URL('../', import.meta.url);
const page = readFileSync(new URL('docs/quantaxis.md', root), 'utf8');
const NAMES = { quantaxis: 'quantaxis', realtime: 'QAREALTIME', own: 'deskgraph' };

const section = (heading: string): string => sectionOf(page, heading);

describe('the page about QUANTAXIS databases', () => {
  it('connects with a connection string that is taken', () => {
    const [, url = ''] = /^export MONGO_URL='(.+)'$/.exec(codeLinesOf(section('Connecting'))[0] ?? '') ?? [];
    expect(loadConfig({ environment: { MONGO_URL: url }, readFile: () => '', cwd: '/desk' }).mongo).toEqual({
      url,
      names: NAMES,
    });
  });

  it('names variables that there are', () => {
    const known = new Set(CONFIGURATION_KEYS.map(({ name }) => name));
    const named = codesOf(page).filter((code) => /^[A-Z]+_(URL|DATABASE)$/.test(code));
    expect(new Set(named)).toEqual(
      new Set(['MONGO_URL', 'QUANTAXIS_DATABASE', 'QAREALTIME_DATABASE', 'MONGO_DATABASE']),
    );
    for (const name of named) expect(known).toContain(name);
  });

  it('has a row for each collection that is read', () => {
    const rows = rowsOf(section('What is read'));
    expect(rows.map(([cell]) => codesOf(cell)[0])).toEqual(
      QIFI_COLLECTIONS.map(({ database, name }) => `${NAMES[database]}.${name}`),
    );
  });

  it('shows forms of days and times that are understood', () => {
    const cells = new Map(rowsOf(section('What is understood')).map(([what = '', forms = '']) => [what, forms]));
    const days = codesOf(cells.get('`trading_day`'));
    expect(days).toEqual(['2020-01-16', '20200116']);
    for (const form of [...days, ...days.map((each) => `${each} 10:30:00`), 20200116, new Date('2020-01-16')]) {
      expect(tradingDayOf(form)).toBe(day('2020-01-16'));
    }
    const [time = ''] = codesOf(cells.get('`updatetime`'));
    const instant = Date.UTC(2020, 0, 16, 12, 59, 1);
    for (const form of [time, time.replace('.', '_')]) expect(updateTimeOf(form)).toBe(instant + 118);
    expect(updateTimeOf(time.slice(0, 19))).toBe(instant);
    expect(updateTimeOf(new Date('2020-01-16T20:59:01Z'))).toBe(instant);
  });

  it('shows the lines that make the indexes', () => {
    expect(codeLinesOf(section('Indexes'))).toEqual(HELPFUL_INDEXES.map((index) => createIndexLine(index, NAMES)));
  });

  it('imports with arguments that are taken', () => {
    const lines = codeLinesOf(section('Importing')).map((line) => line.split(' ').slice(3));
    expect(lines.map(parseImportArguments)).toEqual([
      { path: 'history.json', source: 'HISTORY' },
      { path: 'account.json', source: 'REALTIME' },
    ]);
  });

  it('links only what is there', () => {
    const linked = [...page.matchAll(/\]\(([^)#]+)(?:#[^)]+)?\)/g)].map(([, path = '']) => path);
    expect(linked.length).toBeGreaterThan(0);
    for (const path of linked) expect(existsSync(new URL(`docs/${path}`, root)), path).toBe(true);
  });
});
