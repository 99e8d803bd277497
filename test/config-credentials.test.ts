import { describe, expect, it } from 'vitest';
import { loadConfig } from '../src/config.ts';
import { problemsIn } from './support/config-problems.ts';

const KEYS = { OKX_KEY: 'key-1', OKX_SECRET: 'secret-1', OKX_PASSPHRASE: 'phrase-1' };
const NAMED = 'credentials: { apiKeyEnv: OKX_KEY, secretEnv: OKX_SECRET, passphraseEnv: OKX_PASSPHRASE }';

function load(gateway: string, environment: Record<string, string> = KEYS, files: Record<string, string> = {}) {
  const file = `gateways: [{ name: okx, venue: okx, ${gateway} }]`;
  return loadConfig({
    environment: { ...environment, DESKGRAPH_CONFIG: '/desk.yaml' },
    readFile: (path) => {
      const text = path === '/desk.yaml' ? file : files[path];
      if (text === undefined) throw new Error(`ENOENT ${path}`);
      return text;
    },
    cwd: '/',
  });
}

const problemsOf = (...given: Parameters<typeof load>): readonly string[] => problemsIn(() => load(...given));

describe('the account of a gateway', () => {
  it('has the secrets that its variables hold, and no longer their names', () => {
    const [gateway] = load(`accountCookie: okx-main, ${NAMED}`).gateways;
    expect(gateway).toMatchObject({
      accountCookie: 'okx-main',
      credentials: { apiKey: 'key-1', secret: 'secret-1', passphrase: 'phrase-1' },
    });
    expect(JSON.stringify(gateway)).not.toContain('OKX_KEY');
  });

  it('has secrets of files where NAME_FILE names them', () => {
    const { OKX_SECRET: _, ...others } = KEYS;
    const environment = { ...others, OKX_SECRET_FILE: '/run/secrets/okx' };
    const [gateway] = load(`accountCookie: a, ${NAMED}`, environment, { '/run/secrets/okx': 'from-file\n' }).gateways;
    expect(gateway?.credentials?.secret).toBe('from-file');
  });

  it('may be read from variables whose names begin like ours', () => {
    const named = 'credentials: { apiKeyEnv: DESKGRAPH_KEY, secretEnv: DESKGRAPH_S, passphraseEnv: DESKGRAPH_P }';
    const environment = { DESKGRAPH_KEY: 'a', DESKGRAPH_S: 'b', DESKGRAPH_P: 'c' };
    expect(problemsOf(`accountCookie: a, ${named}`, environment)).toEqual([]);
    expect(problemsOf('symbols: []', environment)).toHaveLength(3);
  });

  it('is refused when a variable is not set, which is named', () => {
    expect(problemsOf(`accountCookie: a, ${NAMED}`, { OKX_KEY: 'key-1', OKX_SECRET: '' })).toEqual([
      'gateways[0].credentials.secretEnv: received "OKX_SECRET", which is not set, wanted a variable with a text, or OKX_SECRET_FILE',
      'gateways[0].credentials.passphraseEnv: received "OKX_PASSPHRASE", which is not set, wanted a variable with a text, or OKX_PASSPHRASE_FILE',
    ]);
  });

  it('is refused when a file is not to be read, or a secret is given twice', () => {
    const { OKX_SECRET: _, ...others } = KEYS;
    expect(problemsOf(`accountCookie: a, ${NAMED}`, { ...others, OKX_SECRET_FILE: '/none' })).toEqual([
      'OKX_SECRET_FILE: received "/none", wanted a readable file with a text',
    ]);
    expect(problemsOf(`accountCookie: a, ${NAMED}`, { ...KEYS, OKX_SECRET_FILE: '/none' })).toEqual([
      'OKX_SECRET_FILE: received a path beside OKX_SECRET, wanted one of the two',
    ]);
  });

  it.each([
    [
      'accountCookie: a',
      'gateways[0].credentials: received nothing, wanted apiKeyEnv, secretEnv, passphraseEnv beside accountCookie',
    ],
    [
      'accountCookie: a, credentials: { apiKeyEnv: OKX_KEY, secretEnv: OKX_SECRET }',
      'gateways[0].credentials.passphraseEnv: received nothing, wanted the name of an environment variable',
    ],
    [NAMED, 'gateways[0].accountCookie: received nothing, wanted a name beside credentials'],
    ['channels: [ticks, orders]', 'gateways[0].channels: received orders without accountCookie, whose they are'],
  ])('is refused by halves: %s', (gateway, problem) => {
    expect(problemsOf(gateway)).toEqual([problem]);
  });

  it('is refused without a word of it when a secret itself stands where its variable is named', () => {
    const named =
      'credentials: { apiKeyEnv: vmPUZE6mv9SD5VNHk4, secretEnv: OKX_SECRET, passphraseEnv: OKX_PASSPHRASE }';
    expect(problemsOf(`accountCookie: a, ${named}`)).toEqual([
      'gateways[0].credentials.apiKeyEnv: received (hidden), which is not set, wanted a variable with a text, or NAME_FILE',
    ]);
  });

  it('never has its secrets in a problem', () => {
    const problems = problemsOf(`accountCookie: a, ${NAMED}, wrong: 1`);
    expect(problems).toHaveLength(1);
    expect(problems.join()).not.toMatch(/key-1|secret-1|phrase-1/);
  });
});

describe('trading at real venues', () => {
  it('is off unless it is switched on', () => {
    expect(load('symbols: []').tradingEnabled).toBe(false);
    expect(load('symbols: []', { TRADING_ENABLED: '0' }).tradingEnabled).toBe(false);
    expect(load('symbols: []', { TRADING_ENABLED: '1' }).tradingEnabled).toBe(true);
  });
});
