import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { codesOf, rowsOf, sectionOf } from './support/markdown.ts';

const root = new URL('../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');
const page = read('docs/add-a-venue.md');

/** The words that a union of types in a file is told apart by. */
function kindsIn(path: string, key: 'kind' | 'type', from: string): string[] {
  const [, text = ''] = read(path).split(from);
  return [...new Set([...text.matchAll(new RegExp(`readonly ${key}: '(\\w+)'`, 'g'))].map(([, kind = '']) => kind))];
}

const firstCells = (heading: string): string[] => rowsOf(sectionOf(page, heading)).flatMap(([cell]) => codesOf(cell));

describe('the page about adding a venue', () => {
  it('names files that there are, for each of the venues that it shows', () => {
    const paths = codesOf(page).filter((code) => /^(src|test)\//.test(code));
    expect(paths.length).toBeGreaterThan(30);
    for (const venue of ['coinbase', 'deribit', 'upbit', 'bitget']) {
      for (const path of paths) {
        const named = path.replaceAll('<venue>', venue);
        expect(existsSync(new URL(named, root)), named).toBe(true);
      }
    }
  });

  it('names lists and functions that these files have', () => {
    for (const [name, path] of [
      ['const VENUES', 'src/config-file.ts'],
      ['const FURTHER_KEYS', 'src/config-urls.ts'],
      ['const VENUES', 'src/exchanges/venues.ts'],
      ['const REPLAYS', 'src/simulator/replay/replay-server.ts'],
      ['function legacyHeartbeat', 'src/transport/legacy-heartbeat.ts'],
      ['function parseExactJson', 'src/domain/json-text.ts'],
      ['function readRecording', 'src/simulator/replay/recording.ts'],
      ['function readContracts', 'src/exchanges/contract-answer.ts'],
      ['class BarSeries', 'src/exchanges/bar-series.ts'],
      ['class BarBuilder', 'src/exchanges/bar-builder.ts'],
      ['function unreadable', 'src/exchanges/wire-values.ts'],
    ] as const) {
      expect(page).toContain(path);
      expect(read(path)).toContain(name);
    }
  });

  it('has a row for each event and each kind of heartbeat', () => {
    const events = kindsIn('src/exchanges/venue.ts', 'type', 'export type VenueEvent =');
    expect(firstCells('The contract').sort()).toEqual(events.sort());
    const kinds = kindsIn('src/transport/heartbeat.ts', 'kind', 'export type Heartbeat =');
    expect(firstCells('Heartbeats').sort()).toEqual(kinds.sort());
  });
});
