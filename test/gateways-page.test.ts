import { readFileSync } from 'node:fs';
import { parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { CHECK_EVERY_SECONDS, parseConfigFile, parseMapping } from '../src/config-file.ts';
import { CONTRACT_CHANGE_KINDS, CONTRACT_POLICIES, type ContractTerms } from '../src/domain/contract.ts';
import { compareContracts, findContradicted } from '../src/domain/contract-comparison.ts';
import { GATEWAY_STATES } from '../src/domain/gateway.ts';
import { buildSchema } from '../src/graphql/schema.ts';
import { contract } from './exchanges/contract-lists.ts';
import { codeLinesOf, codesOf, rowsOf, sectionOf } from './support/markdown.ts';

const page = readFileSync(new URL('../docs/gateways.md', import.meta.url), 'utf8');

/** A difference of each kind. */
const DIFFERENCES: Readonly<Record<string, Partial<ContractTerms>>> = {
  PRICE_STEP: { tickSize: '1' },
  LOT_STEP: { lotSize: '1' },
  CONTRACT_SIZE: { contractSize: '2' },
  STATE: { listed: false },
  TERMS: { quote: 'USDC' },
  EXPIRY: { expiresAt: 2 },
  RENAMED: { symbol: 'XBT-USDT' },
};

describe('the page about gateways', () => {
  it('lists every kind of difference with its fields, and says rightly which of them stop orders', () => {
    const rows = rowsOf(sectionOf(page, 'What is compared'));
    expect(rows.flatMap(([kind]) => codesOf(kind)).toSorted()).toEqual(CONTRACT_CHANGE_KINDS.toSorted());
    for (const [kind = '', fields, stops] of rows) {
      const before = contract('BTC-USDT', { contractSize: '1', expiresAt: 1 });
      const comparison = compareContracts([before], [{ ...before, ...DIFFERENCES[codesOf(kind)[0] ?? ''] }]);
      expect(comparison.changed.map((each) => each.kind)).toEqual(codesOf(kind));
      for (const { field } of comparison.changed) expect(codesOf(fields)).toContain(field);
      expect(findContradicted(comparison).size === 1 ? 'yes' : 'no').toBe(stops);
    }
  });

  it('has a configuration that is one, and names each policy', () => {
    const section = sectionOf(page, 'The policy');
    const { mapping } = parseMapping(codeLinesOf(section).join('\n'));
    const { file, problems } = parseConfigFile(mapping, '/desk.yaml');
    expect(problems).toEqual([]);
    expect(file?.gateways[0]?.contracts).toEqual({ policy: 'block', checkEverySeconds: CHECK_EVERY_SECONDS });
    expect(rowsOf(section).flatMap(([policy]) => codesOf(policy))).toEqual([...CONTRACT_POLICIES]);
  });

  it('names states that there are', () => {
    const states = rowsOf(sectionOf(page, 'When a gateway is ready')).flatMap(([state]) => codesOf(state));
    expect(states.length).toBeGreaterThan(3);
    for (const state of states) expect(GATEWAY_STATES).toContain(state);
  });

  it('has a mutation that the schema takes', () => {
    const [document = ''] = codeLinesOf(sectionOf(page, 'Reading a report and accepting it'));
    expect(validate(buildSchema(), parse(document))).toEqual([]);
  });
});
