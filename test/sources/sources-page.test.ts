import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfigFile, parseMapping, SOURCE_VENDORS } from '../../src/config-file.ts';
import { createVendorSource } from '../../src/sources/vendors.ts';
import { ManualClock } from '../support/manual-clock.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(ROOT, 'docs', 'sources.md'), 'utf8');

const KINDS = [
  ['Chinese shares', 'CHINA_STOCK'],
  ['Chinese shares', 'CHINA_ETF'],
  ['Chinese funds', 'CHINA_FUND'],
  ['Chinese indexes', 'CHINA_INDEX'],
  ['Hong Kong', 'HK_STOCK'],
  ['Hong Kong', 'HK_INDEX'],
  ['American', 'US_STOCK'],
  ['American', 'US_INDEX'],
  ['indexes of the world', 'GLOBAL_INDEX'],
  ['coins', 'CRYPTO'],
  ['currencies', 'FOREX'],
] as const;

/** The text below a vendor's heading. */
function section(vendor: string): string {
  return page.split(`\n### ${vendor}\n`)[1]?.split(/\n##/, 1)[0] ?? '';
}

/** The addresses that stand in a vendor's code, by their hosts and paths. */
function addressesOf(vendor: string): string[] {
  const folder = join(ROOT, 'src', 'sources', vendor);
  const code = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  return code.flatMap((text) => [...text.matchAll(/'(https:\/\/[^']+[^/'])'/g)].map(([, address = '']) => address));
}

describe('the page of price sources', () => {
  it('has a configuration that is one', () => {
    const [block = ''] = /(?:^ {4}.+\n)+/m.exec(page) ?? [];
    const { mapping, problem } = parseMapping(block);
    expect(problem).toBeUndefined();
    const { file, problems } = parseConfigFile(mapping, join(ROOT, 'deskgraph.yaml'));
    expect(problems).toEqual([]);
    expect(file?.sources.map(({ vendor }) => vendor)).toEqual(
      SOURCE_VENDORS.filter((vendor) => vendor !== 'quantaxis'),
    );
  });

  it('has nothing but configurations that are ones', () => {
    const blocks = (page.match(/(?:^ {4}.+\n)+/gm) ?? []).filter((block) => block.startsWith('    sources:'));
    expect(blocks).toHaveLength(2);
    for (const block of blocks) {
      const { file, problems } = parseConfigFile(parseMapping(block).mapping, join(ROOT, 'deskgraph.yaml'));
      expect(problems).toEqual([]);
      expect(file?.sources.length).toBeGreaterThan(5);
    }
  });

  it('says of every vendor which kinds of instruments it can have', async () => {
    const kinds = page.split('\n| kind |')[1]?.split('\n\n')[0] ?? '';
    const parts = {
      clock: new ManualClock(0),
      random: () => 0.5,
      startDay: 0,
      quantaxis: { find: async () => [] },
    };
    for (const vendor of SOURCE_VENDORS.filter((each) => each !== 'folder')) {
      const source = createVendorSource({ vendor }, parts);
      for (const [kind, type] of KINDS) {
        const line = kinds.split('\n').find((each) => each.startsWith(`| ${kind}`));
        expect([vendor, kind, line?.includes(vendor)]).toEqual([vendor, kind, source.assetTypes.includes(type)]);
      }
      await source.close();
    }
  });

  it.each(SOURCE_VENDORS)('has a section about %s, with its addresses and terms', (vendor) => {
    expect(section(vendor)).toMatch(/terms/i);
    const addresses = addressesOf(vendor);
    for (const address of addresses) expect(section(vendor)).toContain(`\`${address}`);
    const isOnline = !['folder', 'quantaxis'].includes(vendor);
    expect(addresses.length > 0).toBe(isOnline);
  });
});
