import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfigFile, parseMapping, SOURCE_VENDORS } from '../../src/config-file.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const page = readFileSync(join(ROOT, 'docs', 'sources.md'), 'utf8');

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

  it.each(SOURCE_VENDORS)('has a section about %s, with its addresses and terms', (vendor) => {
    expect(section(vendor)).toMatch(/terms/i);
    const addresses = addressesOf(vendor);
    for (const address of addresses) expect(section(vendor)).toContain(`\`${address}`);
    const isOnline = !['folder', 'quantaxis'].includes(vendor);
    expect(addresses.length > 0).toBe(isOnline);
  });
});
