import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONFIGURATION_KEYS, loadConfig } from '../src/config.ts';
import { VENUES } from '../src/config-file.ts';
import { editDistance, nearestName } from '../src/config-problems.ts';
import { findVenue } from '../src/exchanges/venues.ts';
import { problemsIn } from './support/config-problems.ts';

type Environment = Record<string, string>;

function load(environment: Environment, file?: string) {
  return loadConfig({
    environment: file === undefined ? environment : { ...environment, DESKGRAPH_CONFIG: 'etc/desk.yaml' },
    readFile: (path) => {
      if (path !== '/desk/etc/desk.yaml' || file === undefined) throw new Error(`ENOENT ${path}`);
      return file;
    },
    cwd: '/desk',
  });
}

function problemsOf(environment: Environment, file?: string): readonly string[] {
  return problemsIn(() => load(environment, file));
}

describe('the environment', () => {
  it('has a default for everything', () => {
    expect(load({})).toEqual({
      host: '127.0.0.1',
      port: 8010,
      isProduction: false,
      logLevel: 'info',
      graphiql: true,
      dataFolder: '/desk/.deskgraph',
      demo: 'AUTO',
      mongo: undefined,
      redis: undefined,
      corsOrigins: [],
      cache: { maxBytes: 268_435_456, maxEntries: undefined, ttlSeconds: 7200, defaultStartDay: 16_436 },
      sources: [],
      gateways: [],
      tradingEnabled: false,
      commands: undefined,
      ssh: undefined,
    });
  });

  it('takes every value that this version serves', () => {
    const config = load({
      PORT: '0',
      HOST: 'localhost',
      DESKGRAPH_DATA: '/var/lib/deskgraph',
      DEMO: '0',
      CORS_ORIGINS: 'https://desk.example.com, http://localhost:3000',
      TRADING_ENABLED: 'false',
      GRAPHIQL: '0',
      LOG_LEVEL: 'debug',
      NODE_ENV: 'production',
      CACHE_MAX_BYTES: '1000',
      CACHE_MAXSIZE: '1',
      CACHE_TTL_SECONDS: '60',
      DEFAULT_START_DATE: '1970-01-02',
      MONGO_URL: 'mongodb://db:27017',
      MONGO_DATABASE: 'own',
      QUANTAXIS_DATABASE: 'quantaxis-2',
      QAREALTIME_DATABASE: 'QAREALTIME_2',
      REDIS_URL: 'rediss://ann:secret@cache.example:6380/2',
    });
    expect(config).toMatchObject({
      port: 0,
      host: 'localhost',
      isProduction: true,
      dataFolder: '/var/lib/deskgraph',
      demo: 'OFF',
      corsOrigins: ['https://desk.example.com', 'http://localhost:3000'],
      graphiql: false,
      logLevel: 'debug',
      cache: { maxBytes: 1000, maxEntries: 1, ttlSeconds: 60, defaultStartDay: 1 },
      mongo: {
        url: 'mongodb://db:27017',
        names: { quantaxis: 'quantaxis-2', realtime: 'QAREALTIME_2', own: 'own' },
      },
      redis: { url: 'rediss://ann:secret@cache.example:6380/2' },
    });
  });

  it.each(['redis://db', 'redis://127.0.0.1:6379/', 'redis://:p%40ss@[::1]:6379/15', 'rediss://ann:pass@db'])(
    'takes an address of Redis: %s',
    (REDIS_URL) => {
      expect(load({ REDIS_URL }).redis).toEqual({ url: REDIS_URL });
    },
  );

  it.each([
    'db:6379',
    'redis://',
    'redis:///run/redis.sock',
    'redis://db/cache',
    'redis://db/123456',
    'redis://db/1/2',
    'redis://db?family=6',
    'redis://db/0#1',
    'redis://db:port',
    'http://db',
  ])('refuses %s as an address of Redis', (REDIS_URL) => {
    expect(problemsOf({ REDIS_URL })).toEqual([
      'REDIS_URL: received (hidden), wanted an address like redis://host:6379 or rediss://user:password@host:6379/0',
    ]);
  });

  it.each([
    'mongodb://db',
    'mongodb://127.0.0.1:27017/',
    'mongodb://[::1]:27017/',
    'mongodb://ann:p%40ss@db:27017/?authSource=admin',
    'mongodb://ann@db',
    'mongodb://db1:27017,db2:27018,[::1]:27019/quantaxis?replicaSet=rs0&readPreference=secondaryPreferred',
    'mongodb://%2Frun%2Fmongodb-27017.sock',
    'mongodb+srv://ann:pass@cluster.example.com/?retryWrites=true',
  ])('takes a connection string of MongoDB: %s', (MONGO_URL) => {
    expect(load({ MONGO_URL }).mongo).toEqual({
      url: MONGO_URL,
      names: { quantaxis: 'quantaxis', realtime: 'QAREALTIME', own: 'deskgraph' },
    });
  });

  it.each([
    'db:27017',
    'mongodb:db',
    'mongodb://',
    'mongodb:///quantaxis',
    'mongodb://ann:hunter2@',
    'mongodb://ann:p@ss@db',
    'mongodb://ann:12/34@db',
    'mongodb://db1,,db2',
    'mongodb://db:port',
    'mongodb://db one',
    'postgres://db',
  ])('refuses %s as a connection string of MongoDB', (MONGO_URL) => {
    expect(problemsOf({ MONGO_URL })).toEqual([
      'MONGO_URL: received (hidden), wanted an address like mongodb://host:27017',
    ]);
  });

  it('turns the simulated data off where MONGO_URL names the accounts', () => {
    const MONGO_URL = 'mongodb://db';
    for (const DEMO of ['', 'auto', '0', 'false']) expect(load({ MONGO_URL, DEMO }).demo).toBe('OFF');
    for (const DEMO of ['1', 'true']) {
      expect(problemsOf({ MONGO_URL, DEMO })).toEqual([
        `DEMO: received "${DEMO}", wanted 0 or auto, since MONGO_URL names where the accounts are`,
      ]);
    }
  });

  it('counts an empty variable as not set', () => {
    expect(load(Object.fromEntries(CONFIGURATION_KEYS.map(({ name }) => [name, ''])))).toEqual(load({}));
  });

  it('is frozen all the way down', () => {
    const config = load({}, 'sources: [{ vendor: folder, path: bars }]');
    const mutate = (target: object, key: string) => Reflect.set(target, key, 1);
    expect(mutate(config, 'port')).toBe(false);
    expect(mutate(config.cache, 'maxBytes')).toBe(false);
    expect(mutate(config.sources, 'length')).toBe(false);
    expect(mutate(config.sources[0] ?? {}, 'path')).toBe(false);
    expect(mutate(config.corsOrigins, '0')).toBe(false);
  });

  it.each([
    ['PORT', '99999', 'PORT: received "99999", wanted a port from 0 to 65535 (0: any free one)'],
    ['PORT', '80a', 'PORT: received "80a", wanted a port from 0 to 65535 (0: any free one)'],
    ['PORT', '-1', 'PORT: received "-1", wanted a port from 0 to 65535 (0: any free one)'],
    ['HOST', 'a b', 'HOST: received "a b", wanted an IP address or a host name'],
    ['CACHE_MAXSIZE', '0', 'CACHE_MAXSIZE: received "0", wanted a number of entries, at least 1'],
    ['CACHE_MAX_BYTES', '1e9', 'CACHE_MAX_BYTES: received "1e9", wanted a number of bytes, at least 1'],
    ['CACHE_TTL_SECONDS', '0', 'CACHE_TTL_SECONDS: received "0", wanted seconds from 1 to 31536000'],
    ['DEFAULT_START_DATE', '2024-02-30', 'DEFAULT_START_DATE: received "2024-02-30", wanted a date as YYYY-MM-DD'],
    ['DEFAULT_START_DATE', '2024-1-5', 'DEFAULT_START_DATE: received "2024-1-5", wanted a date as YYYY-MM-DD'],
    ['LOG_LEVEL', 'loud', 'LOG_LEVEL: received "loud", wanted one of trace, debug, info, warn, error, fatal, silent'],
    ['GRAPHIQL', 'yes', 'GRAPHIQL: received "yes", wanted auto, 0 or 1'],
    ['DEMO', '2', 'DEMO: received "2", wanted auto, 0 or 1'],
    ['TRADING_ENABLED', 'on', 'TRADING_ENABLED: received "on", wanted 0 or 1'],
    [
      'QUANTAXIS_DATABASE',
      'a.b',
      'QUANTAXIS_DATABASE: received "a.b", wanted a database name of letters, digits, - and _',
    ],
    [
      'QAREALTIME_DATABASE',
      'a b',
      'QAREALTIME_DATABASE: received "a b", wanted a database name of letters, digits, - and _',
    ],
    [
      'CORS_ORIGINS',
      '*',
      'CORS_ORIGINS: received "*", wanted origins like https://desk.example.com, separated by commas',
    ],
    [
      'CORS_ORIGINS',
      'https://a.example/',
      'CORS_ORIGINS: received "https://a.example/", wanted origins like https://desk.example.com, separated by commas',
    ],
  ])('refuses %s=%s', (name, text, problem) => {
    const problems = problemsOf({ [name]: text });
    expect(problems[0]).toBe(problem);
  });

  it.each(['api', 'ingest'] as const)('gives a process the role %s on a Redis', (role) => {
    expect(load({ ROLE: role, REDIS_URL: 'redis://127.0.0.1:6379' }).role).toBe(role);
  });

  it('names all problems at once', () => {
    const problems = problemsOf({ PORT: 'x', LOG_LEVEL: 'x', ROLE: 'api', CACHE_MAX_SIZE: '1' }, 'sources: 5');
    expect(problems).toEqual([
      'CACHE_MAX_SIZE: received an unknown name, the nearest known one is CACHE_MAXSIZE',
      'PORT: received "x", wanted a port from 0 to 65535 (0: any free one)',
      'LOG_LEVEL: received "x", wanted one of trace, debug, info, warn, error, fatal, silent',
      'sources: received 5, wanted a list of sources',
      'ROLE: received "api" without REDIS_URL, over which processes meet',
    ]);
  });

  it('keeps problem lines short, whatever was received', () => {
    const [problem = ''] = problemsOf({ PORT: 'x'.repeat(100_000) });
    expect(problem.length).toBeLessThan(200);
  });

  it.each([
    [{}, 'AUTO'],
    [{ DEMO: 'auto' }, 'AUTO'],
    [{ DEMO: '1' }, 'ON'],
    [{ DEMO: 'false' }, 'OFF'],
  ])('decides the demo for %j', (environment: Environment, demo) => {
    expect(load(environment).demo).toBe(demo);
  });

  it('turns the automatic demo off when a file configures the server', () => {
    expect(load({}, '{}').demo).toBe('OFF');
    expect(load({ DEMO: '1' }, '{}').demo).toBe('ON');
  });

  it.each([
    [{ NODE_ENV: 'production' }, false],
    [{ NODE_ENV: 'production', GRAPHIQL: '1' }, true],
    [{ NODE_ENV: 'development' }, true],
    [{ GRAPHIQL: 'false' }, false],
  ])('decides GraphiQL for %j', (environment: Environment, graphiql) => {
    expect(load(environment).graphiql).toBe(graphiql);
  });
});

describe('unknown names in the environment', () => {
  it.each([
    ['DESKGRAPH_CONF', 'DESKGRAPH_CONFIG'],
    ['DESKGRAPH_PORT', 'PORT'],
    ['DESKGRAPH_MONGO_URL', 'MONGO_URL'],
    ['CACHE_MAX_SIZE', 'CACHE_MAXSIZE'],
    ['CACHE_TTL', 'CACHE_TTL_SECONDS'],
    ['MONGO_URI', 'MONGO_URL'],
    ['MONGO_URI_FILE', 'MONGO_URL_FILE'],
    ['CORS_ORIGIN', 'CORS_ORIGINS'],
    ['JWT_SECRETS', 'JWT_SECRET'],
    ['LOGLEVEL', 'LOG_LEVEL'],
    ['TRADING_ENABLE', 'TRADING_ENABLED'],
  ])('refuses %s and names %s', (name, nearest) => {
    expect(problemsOf({ [name]: '1' })).toEqual([
      `${name}: received an unknown name, the nearest known one is ${nearest}`,
    ]);
  });

  it('passes what other programs set', () => {
    const names = `PATH HOME HOSTNAME HOSTTYPE HOSTS PORTS TERM USER LOGNAME LANG LC_ALL SHELL SHLVL PWD OLDPWD EDITOR TZ MODE CI
      SSH_AUTH_SOCK SSH_CONNECTION SSH_CLIENT SSH_TTY SSH_AGENT_PID SSH_ASKPASS NODE_OPTIONS NODE_PATH NODE_EXTRA_CA_CERTS
      NODE_VERSION NODE NODE_DEBUG npm_config_cache npm_lifecycle_event INIT_CWD LS_COLORS XDG_CACHE_HOME GOCACHE
      CACHE_DIR REDIS_HOST REDIS_PORT REDIS_PORT_6379_TCP MONGO_PORT MONGO_HOST JWT_TTL HTTP_PROXY HTTPS_PROXY NO_PROXY
      KUBERNETES_SERVICE_HOST KUBERNETES_PORT DESKGRAPH_SERVICE_HOST DESKGRAPH_SERVICE_PORT DESKGRAPH_PORT_8010_TCP_ADDR
      DESKGRAPH_TEST_LONG LOG_FILE DEFAULT_REGION GRAPHIQL_THEME VITEST VITEST_POOL_ID LD_LIBRARY_PATH COLORTERM DISPLAY`;
    const environment = Object.fromEntries(names.split(/\s+/).map((name) => [name, 'x']));
    expect(problemsOf({ ...environment, DESKGRAPH_PORT: 'tcp://10.0.0.1:8010' })).toEqual([]);
  });
});

describe('secrets', () => {
  it('are read from the file that NAME_FILE names', () => {
    const folder = mkdtempSync(join(tmpdir(), 'config-'));
    try {
      const path = join(folder, 'secret');
      const load = () =>
        loadConfig({
          environment: { MONGO_URL_FILE: path },
          readFile: (file) => readFileSync(file, 'utf8'),
          cwd: folder,
        });
      writeFileSync(path, 'mongodb://db:27017\n');
      expect(load().mongo?.url).toBe('mongodb://db:27017');
      writeFileSync(path, '\n');
      expect(load).toThrow(/MONGO_URL_FILE: received ".*", wanted a readable file with a text/);
      rmSync(path);
      expect(load).toThrow(/MONGO_URL_FILE: received ".*", wanted a readable file with a text/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('are refused when given twice', () => {
    expect(problemsOf({ REDIS_URL: 'redis://h', REDIS_URL_FILE: '/run/redis' })[0]).toBe(
      'REDIS_URL_FILE: received a path beside REDIS_URL, wanted one of the two',
    );
  });

  it('never stand in a problem', () => {
    const file = `
      sources: [{ vendor: yahoo, proxy: "socks5://ann:hunter2@host", urls: { chart: "http://ann:hunter2@host/?q" } }]
      gateways: [{ name: a, venue: b, proxy: "ftp://ann:hunter2@host", credentials: { apiKeyEnv: "0hunter2", secretEnv: ["hunter2"] } }]
      access: { users: [{ username: ann, passwordHash: hunter2, roles: [] }, { username: hunter, passwordHash: { a: hunter2 } }] }`;
    const environment = {
      MONGO_URL: 'postgres://ann:hunter2@host',
      REDIS_URL: 'hunter2',
      JWT_SECRET: 'hunter2',
      JWKS_URL: 'hunter2',
      CORS_ORIGINS: 'http://ann:hunter2@host',
    };
    const problems = problemsOf(environment, file);
    expect(problems.length).toBeGreaterThan(10);
    expect(problems.join('\n')).not.toContain('hunter2');
    expect(problems).toContain('JWT_SECRET: received (hidden), wanted at least 32 characters');
  });
});

describe('what a later version brings', () => {
  it.each([
    [{ JWT_SECRET: 'x'.repeat(32) }, 'JWT_SECRET: access control'],
    [{ JWKS_URL: 'https://issuer.example/keys' }, 'JWKS_URL: access control'],
    [{ JWT_ISSUER: 'issuer' }, 'JWT_ISSUER: access control'],
    [{ JWT_AUDIENCE: 'desk' }, 'JWT_AUDIENCE: access control'],
    [{ ROLE: 'worker' }, 'ROLE: received "worker", wanted all, api or ingest, since running commands apart'],
    [
      { HOST: '0.0.0.0' },
      'HOST: received "0.0.0.0", wanted 127.0.0.0/8, ::1 or localhost, since an address off loopback',
    ],
  ])('is refused in %j', (environment: Environment, problem) => {
    expect(problemsOf(environment)).toEqual([`${problem} is not available yet`]);
  });

  it.each(['127.0.0.1', '127.9.9.9', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1', 'localhost', 'LOCALHOST'])(
    'does not concern %s, which only this machine reaches',
    (HOST) => {
      expect(load({ HOST }).host).toBe(HOST);
    },
  );

  it.each([
    '0.0.0.0',
    '::',
    '10.0.0.1',
    '128.0.0.1',
    'localhost.example.com',
    '127.0.0.1.example.com',
    '::ffff:10.0.0.1',
  ])('concerns %s, which others reach', (HOST) => {
    expect(problemsOf({ HOST })).toHaveLength(1);
  });

  it('is refused in a file that is right', () => {
    const file = `
      gateways:
        - name: okx
          venue: okx
          symbols: [BTC-USDT]
          channels: [ticks, trades, bars, orders, positions, balances]
          urls: { public: "ws://h/p", business: "wss://h/b", private: "ws://h/r", rest: "http://h" }
          proxy: socks5://127.0.0.1:1080
          accountCookie: okx-main
          credentials: { apiKeyEnv: OKX_KEY, secretEnv: OKX_SECRET, passphraseEnv: OKX_PASSPHRASE }
        - name: kraken
          venue: kraken
          accountCookie: kraken-main
          credentials: { apiKeyEnv: OKX_KEY, secretEnv: OKX_SECRET }
      sources:
        - { vendor: folder, path: ./bars }
        - { vendor: eastmoney, urls: { kline: "https://h/k", navTrend: "https://h/{code}.js", navPages: "https://h/n" } }
        - { vendor: tencent, urls: { kline: "https://h/k" } }
        - { vendor: sina, urls: { futuresDaily: "https://h/f", globalFuturesDaily: "https://h/g" } }
        - { vendor: yahoo, urls: { chart: "https://h/{symbol}" }, proxy: tunnel }
        - { vendor: binance, urls: { klines: "https://h/k" } }
        - { vendor: okx, urls: { candles: "https://h/c" } }
        - { vendor: quantaxis }
      commands:
        workspace: ./workspace
        concurrency: { total: 4, perUser: 2 }
        programs:
          - { name: sweep, kind: COMMAND, executable: /usr/bin/python3, fixedArguments: ["-u", "{workspace}/sweep.py"],
              parameters: [{ name: days, type: INT, min: 1, max: 9999, flag: --days }], timeoutSeconds: 3600, roles: [OPERATOR] }
          - { name: test, kind: BACKTEST, executable: python3, parameters: [{ name: script, type: WORKSPACE_PATH, required: true }] }
          - { name: live, kind: STRATEGY, executable: ./live.sh, restart: on-failure }
      access:
        users:
          - { username: ann, passwordHash: "scrypt$x", roles: [TRADER], accounts: ["desk-*"], disabled: false }`;
    const keys = { OKX_KEY: 'key', OKX_SECRET: 'secret', OKX_PASSPHRASE: 'phrase' };
    expect(problemsOf(keys, file)).toEqual([
      'gateways[1].accountCookie: accountCookie is not available yet',
      'gateways[1].credentials: credentials is not available yet',
      'commands.programs[2].restart: received "on-failure", wanted "never", since restarting a strategy is not available yet',
      'access: access control is not available yet',
      'sources[7].vendor: received "quantaxis" without MONGO_URL, which it reads',
      'sources[4].proxy: received "tunnel", wanted SSH_ENABLED=1 beside it',
    ]);
  });

  it('is no venue of its market data, of each of which a gateway may be', () => {
    const venues = VENUES.filter((venue) => venue !== 'paper');
    const file = `gateways: [${venues.map((venue) => `{ name: ${venue}, venue: ${venue}, symbols: [X] }`).join(', ')}]`;
    expect(problemsOf({}, file)).toEqual([]);
    expect(venues.map((venue) => findVenue(venue)?.name)).toEqual(venues);
  });

  it('does not concern empty sections', () => {
    expect(problemsOf({}, 'gateways: []\ncommands: { programs: [] }\nsources: []')).toEqual([]);
  });

  it('refuses access control even without users: it is never left out in silence', () => {
    for (const access of ['{ users: [] }', '{}']) {
      expect(problemsOf({}, `access: ${access}`)).toEqual(['access: access control is not available yet']);
    }
  });
});

describe('addresses of gateways', () => {
  it('are those that the venue has', () => {
    const url = 'ws://127.0.0.1/x';
    const right = [
      `{ name: a, venue: okx, urls: { public: "${url}", business: "${url}", private: "${url}", rest: "http://h" } }`,
      `{ name: b, venue: binance-usdm, urls: { public: "${url}", market: "${url}" } }`,
      `{ name: c, venue: kucoin, urls: { public: "${url}", rest: "http://h" } }`,
    ];
    expect(problemsOf({}, `gateways: [${right.join(', ')}]`)).toEqual([]);
    expect(problemsOf({}, `gateways: [{ name: a, venue: kraken, urls: { market: "${url}" } }]`)).toEqual([
      'gateways[0].urls.market: received an address that kraken does not have, wanted public, rest',
    ]);
  });
});

describe('the file', () => {
  it('may be YAML or JSON, or empty', () => {
    const sources = [{ vendor: 'folder', path: '/desk/etc/bars' }];
    expect(load({}, 'sources:\n  - { vendor: folder, path: ./bars }').sources).toEqual(sources);
    expect(load({}, '{"sources": [{"vendor": "folder", "path": "./bars"}]}').sources).toEqual(sources);
    expect(load({}, '# nothing\n').sources).toEqual([]);
  });

  it('has paths relative to its folder, in the order of preference', () => {
    const file = 'sources: [{ vendor: folder, path: ../own }, { vendor: folder, path: /srv/bars }]';
    expect(load({}, file).sources).toMatchObject([{ path: '/desk/own' }, { path: '/srv/bars' }]);
  });

  it.each([
    ['a: [1\nb: 2', 'BAD_INDENT in line 2, column 1'],
    ['a: 1\na: 2', 'DUPLICATE_KEY in line 2, column 1'],
    ['[1, 2]', 'a list of 2 at the top'],
    ['7', '7 at the top'],
    ['a: 1\n---\nb: 1', 'MULTIPLE_DOCS in line 2, column 1'],
  ])('is refused when it holds %j', (file, why) => {
    expect(problemsOf({}, file)).toEqual([
      `DESKGRAPH_CONFIG: received "/desk/etc/desk.yaml", wanted a readable YAML or JSON file (${why})`,
    ]);
  });

  it('is refused when it cannot be read', () => {
    expect(problemsOf({ DESKGRAPH_CONFIG: 'none.yaml' })).toEqual([
      'DESKGRAPH_CONFIG: received "/desk/none.yaml", wanted a readable YAML or JSON file (it cannot be read)',
    ]);
  });

  it('is refused when aliases multiply', () => {
    const levels = Array.from(
      { length: 9 },
      (_, level) => `a${level + 1}: &a${level + 1} [${`*a${level},`.repeat(9)}]`,
    );
    expect(problemsOf({}, ['a0: &a0 [x]', ...levels].join('\n'))[0]).toContain('too many aliases');
  });

  it.each([
    ['source: []', 'source: received an unknown key, the nearest known one is sources'],
    ['__proto__: { a: 1 }', '__proto__: received an unknown key, the nearest known one is'],
    ['"a.b\\n": 1', '["a.b\\n"]: received an unknown key, the nearest known one is'],
    [
      'sources: [{ vendor: folder, pth: ./b, path: ./b }]',
      'sources[0].pth: received an unknown key, the nearest known one is path',
    ],
    ['sources: [{ vendor: folder }]', 'sources[0].path: received nothing, wanted a text of 1 to 1000 characters'],
    ['sources: [{ vendor: folder, path: 3 }]', 'sources[0].path: received 3, wanted a text of 1 to 1000 characters'],
    [
      'sources: [{ vendor: yaho }]',
      'sources[0].vendor: received "yaho", wanted one of folder, eastmoney, tencent, sina, yahoo,',
    ],
    ['sources: [{ path: b }]', 'sources[0].vendor: received nothing, wanted one of folder,'],
    ['sources: [7]', 'sources[0]: received 7, wanted a mapping'],
    ['sources: { vendor: folder }', 'sources: received a mapping, wanted a list of sources'],
    [
      'sources: [{ vendor: okx, urls: { klines: "http://h" } }]',
      'sources[0].urls.klines: received an unknown key, the nearest known one is candles',
    ],
    [
      'sources: [{ vendor: okx, urls: { candles: "http://h?a=1" } }]',
      'sources[0].urls.candles: received "http://h?a=1", wanted an address with http:// or https:// and without ? and #',
    ],
    [
      'sources: [{ vendor: eastmoney, urls: { navTrend: "http://{code}.example/x" } }]',
      'sources[0].urls.navTrend: received "http://{code}.example/x", wanted an address with http:// or https:// and without ? and #',
    ],
    [
      'sources: [{ vendor: okx, proxy: "socks5://ann:%ff@h" }]',
      'sources[0].proxy: received (hidden), wanted tunnel or an address with http:// or https:// or socks5://',
    ],
    ['gateways: [{ name: a, venue: okex }]', 'gateways[0].venue: received "okex", wanted one of okx, binance,'],
    [
      'gateways: [{ name: a, venue: okx }, { name: a, venue: okx }]',
      'gateways: received a list of 2, wanted a different name in each',
    ],
    [
      'gateways: [{ name: a, venue: okx, accountCookie: x }, { name: b, venue: okx, accountCookie: x }]',
      'gateways: received a list of 2, wanted a different accountCookie in each',
    ],
    [
      'gateways: [{ name: a, venue: okx, urls: { rest: "ws://h" } }]',
      'gateways[0].urls.rest: received "ws://h", wanted an address with http:// or https://',
    ],
    [
      'gateways: [{ name: a, venue: okx, contracts: { policy: stop } }]',
      'gateways[0].contracts.policy: received "stop", wanted one of block, warn, update',
    ],
    [
      'gateways: [{ name: a, venue: okx, contracts: { checkEverySeconds: 0 } }]',
      'gateways[0].contracts.checkEverySeconds: received 0, wanted a whole number of at least 1',
    ],
    [
      'gateways: [{ name: a, venue: okx, contracts: { checkEverySeconds: 86401 } }]',
      'gateways[0].contracts.checkEverySeconds: received 86401, wanted at most 86400',
    ],
    [
      'commands: { concurrency: { total: 0 } }',
      'commands.concurrency.total: received 0, wanted a whole number of at least 1',
    ],
    [
      'commands: { programs: [{ name: a, kind: COMMAND, executable: x, restart: never }] }',
      'commands.programs[0].restart: received "never", wanted kind STRATEGY',
    ],
    [
      'commands: { programs: [{ name: a, kind: BACKTEST, executable: x }] }',
      'commands.programs[0].parameters: received nothing, wanted one WORKSPACE_PATH parameter named script',
    ],
    [
      'commands: { programs: [{ name: a, kind: COMMAND, executable: x, parameters: [{ name: p, type: TEXT, pattern: "(" }] }] }',
      'commands.programs[0].parameters[0].pattern: received "(", wanted a regular expression',
    ],
    [
      'access: { users: [{ username: ann, passwordHash: "scrypt$x", roles: [BOSS] }] }',
      'access.users[0].roles[0]: received "BOSS", wanted one of VIEWER, TRADER, OPERATOR, ADMIN',
    ],
  ])('refuses %s', (file, problem) => {
    expect(problemsOf({}, file)[0]).toContain(problem);
  });

  it('leads to a configuration or to problems, whatever it holds', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.json().map(String),
      fc.object().map((value) => JSON.stringify({ sources: [value], ...value })),
    );
    fc.assert(
      fc.property(anything, (file) => {
        expect(problemsOf({}, file).every((problem) => problem.length < 400 && !problem.includes('\n'))).toBe(true);
      }),
    );
  });
});

describe('the nearest name', () => {
  it('has the fewest edits between it and what was received', () => {
    fc.assert(
      fc.property(fc.array(fc.string(), { minLength: 1 }), fc.string(), (known, received) => {
        const nearest = nearestName(received, known) ?? '';
        const isExtension = received.length > 2 && nearest.startsWith(received);
        const least = Math.min(...known.map((name) => editDistance(received, name)));
        expect(isExtension || editDistance(received, nearest) === least).toBe(true);
      }),
    );
  });

  it('is measured by a metric', () => {
    const name = fc.string({ maxLength: 12 });
    fc.assert(
      fc.property(name, name, name, (a, b, c) => {
        expect(editDistance(a, a)).toBe(0);
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
      }),
    );
    expect(editDistance('kitten', 'sitting')).toBe(3);
  });
});

describe('the list of variables', () => {
  it('describes each name once, and every default is accepted', () => {
    const names = CONFIGURATION_KEYS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(CONFIGURATION_KEYS.every(({ description }) => description.length > 10)).toBe(true);
    const defaults = CONFIGURATION_KEYS.flatMap(({ name, default: text }) =>
      text === undefined ? [] : [[name, text]],
    );
    expect(load(Object.fromEntries(defaults))).toEqual(load({}));
  });
});
