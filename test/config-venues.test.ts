import { describe, expect, it } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { problemsIn } from './support/config-problems.ts';

function problemOf(venue: string): string | undefined {
  const readFile = () => `gateways: [{ name: a, venue: "${venue}" }]`;
  return problemsIn(() => loadConfig({ environment: { DESKGRAPH_CONFIG: '/desk.yaml' }, readFile, cwd: '/desk' }))[0];
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
