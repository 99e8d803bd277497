import { describe, expect, it } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { VENUES } from '../src/config-file.ts';
import { findVenue } from '../src/exchanges/venues.ts';
import { problemsIn } from './support/config-problems.ts';

function problemOf(venue: string): string | undefined {
  const readFile = () => `gateways: [{ name: a, venue: "${venue}" }]`;
  return problemsIn(() => loadConfig({ environment: { DESKGRAPH_CONFIG: '/desk.yaml' }, readFile, cwd: '/desk' }))[0];
}

function problemsOf(gateway: string): readonly string[] {
  const environment = { DESKGRAPH_CONFIG: '/desk.yaml', A: 'key', B: 'secret', C: 'phrase' };
  const readFile = () => `gateways: [${gateway}]`;
  return problemsIn(() => loadConfig({ environment, readFile, cwd: '/desk' }));
}

describe('the venue of a gateway', () => {
  it.each([
    ['FTX_SWAP', 'received "FTX_SWAP", wanted a venue that still exists: FTX is bankrupt, since 2022-11'],
    ['ftx-futures', 'received "ftx-futures", wanted a venue that still exists: FTX is bankrupt, since 2022-11'],
    ['FMEX', 'received "FMEX", wanted a venue that still exists: FCoin could not pay its customers, since 2020-02'],
    ['LIQUID', 'received "LIQUID", wanted a venue that still exists: Quoine has stopped Liquid, since 2022-11'],
  ])('is refused with the date when it is defunct: %s', (venue, problem) => {
    expect(problemOf(venue)).toBe(`gateways[0].venue: ${problem}`);
  });

  it.each([
    ['GATE_SWAP', 'gate-futures'],
    ['HUOBI', 'htx'],
    ['KRAKEN', 'kraken'],
  ])('is told by its present name: %s', (venue, name) => {
    expect(problemOf(venue)).toBe(`gateways[0].venue: received "${venue}", wanted ${name}, as it is called here`);
  });

  it.each(['BITMAX', 'bitbank', 'HUOBI_SWAP'])(
    'is refused with what there is instead when it is not offered: %s',
    (venue) => {
      expect(problemOf(venue)).toMatch(/wanted one of okx, binance, .*, paper: ./);
      expect(problemOf(venue)?.length).toBeLessThan(400);
    },
  );
});

/** Addresses and accounts that the code of a venue has, which the configuration says on its own. */
describe.each(VENUES.filter((venue) => venue !== 'paper'))('a gateway at %s', (venue) => {
  const { sockets = [], account } = findVenue(venue) ?? {};
  const names = { PUBLIC: 'public', BUSINESS: 'business', PRIVATE: 'private' } as const;
  const known = ['rest', ...sockets.map(({ kind, urlName }) => urlName ?? names[kind])];
  if (account !== undefined) known.push('private');

  it('may have the addresses that its venue has, and no other', () => {
    for (const name of ['public', 'market', 'business', 'private', 'rest']) {
      const address = name === 'rest' ? 'http://127.0.0.1' : 'ws://127.0.0.1';
      const stray = problemsOf(`{ name: a, venue: ${venue}, urls: { ${name}: "${address}" } }`);
      expect([name, stray.length]).toEqual([name, known.includes(name) ? 0 : 1]);
    }
  });

  it('may carry an account where its venue has one', () => {
    const keys = venue === 'okx' ? 'apiKeyEnv: A, secretEnv: B, passphraseEnv: C' : 'apiKeyEnv: A, secretEnv: B';
    const problems = problemsOf(`{ name: a, venue: ${venue}, accountCookie: a, credentials: { ${keys} } }`);
    expect(problems.length === 0).toBe(account !== undefined);
  });
});
