import { dirname, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import {
  count,
  flag,
  keyPath,
  listOf,
  name,
  oneOf,
  pathFrom,
  proxy,
  range,
  roles,
  strict,
  text,
  unique,
  url,
  variableName,
} from './config-fields.ts';
import { shown } from './config-problems.ts';
import { COMMAND_KINDS, PARAMETER_TYPES } from './domain/command.ts';
import { CONTRACT_POLICIES } from './domain/contract.ts';
import { legacyVenue } from './domain/legacy-venues.ts';
import { ACCOUNT_CHANNELS } from './domain/live-account.ts';
import { MARKET_CHANNELS } from './domain/market-topic.ts';

export const VENUES = [
  'okx',
  'binance',
  'binance-usdm',
  'bybit',
  'bybit-linear',
  'bybit-inverse',
  'gate',
  'gate-futures',
  'kraken',
  'kucoin',
  'htx',
  'bitfinex',
  'bitget',
  'coinbase',
  'deribit',
  'upbit',
  'paper',
] as const;
export const SOURCE_VENDORS = [
  'folder',
  'eastmoney',
  'tencent',
  'sina',
  'yahoo',
  'binance',
  'okx',
  'quantaxis',
] as const;
/** From one look at a venue's contracts to the next, unless the file says otherwise. */
export const CHECK_EVERY_SECONDS = 3_600;
/** A day; a timer of Node's takes 24 of them. */
const MOST_SECONDS = 86_400;
const CHANNELS = [...MARKET_CHANNELS, ...ACCOUNT_CHANNELS] as const;
/** What is never shown in a problem line. */
const SECRET_KEYS = new Set(['passwordHash', 'apiKeyEnv', 'secretEnv', 'passphraseEnv']);

/** A price source as the file describes it; the path of a folder is absolute. */
export type SourceConfig = ConfigFile['sources'][number];

/** What the file says of commands. */
export type CommandsConfig = NonNullable<ConfigFile['commands']>;

export type ConfigFile = z.output<ReturnType<typeof configFileSchema>>;

/** The mapping in a YAML or JSON text; an empty text is an empty mapping. */
export function parseMapping(text: string): { mapping: Record<string, unknown>; problem?: string } {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const [fault] = document.errors;
  if (fault !== undefined) {
    const { line, col } = lineCounter.linePos(fault.pos[0]);
    return { mapping: {}, problem: `${fault.code} in line ${line}, column ${col}` };
  }
  try {
    const content: unknown = document.toJS({ maxAliasCount: 100 }) ?? {};
    const isMapping = typeof content === 'object' && content !== null && !Array.isArray(content);
    return isMapping ? { mapping: { ...content } } : { mapping: {}, problem: `${shown(content)} at the top` };
  } catch {
    return { mapping: {}, problem: 'too many aliases' };
  }
}

/** The typed content of a mapping, relative paths resolved against the file's folder; else a problem for each fault. */
export function parseConfigFile(
  mapping: Record<string, unknown>,
  path: string,
): { file: ConfigFile | undefined; problems: string[] } {
  const result = configFileSchema(dirname(path)).safeParse(mapping);
  if (result.success) return { file: result.data, problems: [] };
  return { file: undefined, problems: result.error.issues.flatMap((issue) => problemLines(issue, mapping)) };
}

function configFileSchema(folder: string) {
  return strict({
    gateways: listOf(gateway(), 'gateways')
      .refine(...unique('name'))
      .refine(...unique('accountCookie'))
      .default([]),
    sources: listOf(source(folder), 'sources').default([]),
    commands: commands(folder).optional(),
    access: strict({
      users: listOf(user(), 'users')
        .refine(...unique('username'))
        .default([]),
    }).optional(),
  });
}

function gateway() {
  return strict({
    name: name(),
    venue: z.enum(VENUES, { error: ({ input }) => wantedVenue(input) }),
    symbols: listOf(text(), 'symbols').default([]),
    channels: listOf(oneOf(CHANNELS), 'channels').optional(),
    urls: strict({
      public: url(['ws:', 'wss:']).optional(),
      market: url(['ws:', 'wss:']).optional(),
      business: url(['ws:', 'wss:']).optional(),
      private: url(['ws:', 'wss:']).optional(),
      rest: url(['http:', 'https:']).optional(),
    }).optional(),
    proxy: proxy().optional(),
    connectJitterMs: range().optional(),
    reconnectEverySeconds: count().optional(),
    accountCookie: text().optional(),
    credentials: strict({
      apiKeyEnv: variableName().optional(),
      secretEnv: variableName().optional(),
      passphraseEnv: variableName().optional(),
    }).optional(),
    contracts: strict({
      policy: oneOf(CONTRACT_POLICIES).default('block'),
      checkEverySeconds: count()
        .max(MOST_SECONDS, { error: `at most ${MOST_SECONDS}` })
        .default(CHECK_EVERY_SECONDS),
    }).optional(),
  });
}

/** What a problem line wants instead of a name that is no venue's. */
function wantedVenue(received: unknown): string {
  const legacy = typeof received === 'string' ? legacyVenue(received) : undefined;
  if (legacy?.standing === 'OFFERED') return `${legacy.venue}, as it is called here`;
  if (legacy?.standing === 'DEFUNCT') return `a venue that still exists: ${legacy.reason}, since ${legacy.since}`;
  const wanted = `one of ${VENUES.join(', ')}`;
  return legacy === undefined ? wanted : `${wanted}: ${legacy.reason}`;
}

function source(folder: string) {
  const endpoint = () => url(['http:', 'https:']).optional();
  const online = <Vendor extends (typeof SOURCE_VENDORS)[number], Urls extends z.ZodRawShape>(
    vendor: Vendor,
    urls: Urls,
  ) => strict({ vendor: z.literal(vendor), urls: strict(urls).optional(), proxy: proxy().optional() });
  const vendors = [
    strict({ vendor: z.literal('folder'), path: pathFrom(folder) }),
    online('eastmoney', { kline: endpoint(), navTrend: endpoint(), navPages: endpoint() }),
    online('tencent', { kline: endpoint() }),
    online('sina', { futuresDaily: endpoint(), globalFuturesDaily: endpoint() }),
    online('yahoo', { chart: endpoint() }),
    online('binance', { klines: endpoint() }),
    online('okx', { candles: endpoint() }),
    strict({ vendor: z.literal('quantaxis') }),
  ] as const;
  return z.discriminatedUnion('vendor', vendors, {
    error: (issue) => (issue.code === 'invalid_union' ? `one of ${SOURCE_VENDORS.join(', ')}` : 'a mapping'),
  });
}

function commands(folder: string) {
  return strict({
    workspace: pathFrom(folder).optional(),
    concurrency: strict({ total: count().default(4), perUser: count().default(2) }).default({ total: 4, perUser: 2 }),
    programs: listOf(program(folder), 'programs')
      .refine(...unique('name'))
      .default([]),
  });
}

function program(folder: string) {
  return strict({
    name: name(),
    description: text().optional(),
    kind: oneOf(COMMAND_KINDS),
    executable: text().transform((path) => (path.includes('/') ? resolve(folder, path) : path)),
    fixedArguments: listOf(z.string({ error: 'a text' }), 'arguments').default([]),
    parameters: listOf(parameter(), 'parameters')
      .refine(...unique('name'))
      .default([]),
    timeoutSeconds: count().optional(),
    roles: roles().default(['OPERATOR']),
    restart: oneOf(['never', 'on-failure']).optional(),
  })
    .refine(({ kind, restart }) => restart === undefined || kind === 'STRATEGY', {
      error: 'kind STRATEGY',
      path: ['restart'],
    })
    .refine(({ kind, parameters }) => kind !== 'BACKTEST' || hasScript(parameters), {
      error: 'one WORKSPACE_PATH parameter named script in a BACKTEST program',
      path: ['parameters'],
    });
}

function parameter() {
  const scalar = z.union([z.string(), z.number(), z.boolean()], { error: 'a text, a number, true or false' });
  const bound = z.union([z.number(), z.string().regex(/^-?\d+(\.\d+)?$/)], { error: 'a number' });
  return strict({
    name: name(),
    description: text().optional(),
    type: oneOf(PARAMETER_TYPES),
    required: flag().default(false),
    default: scalar.optional(),
    min: bound.optional(),
    max: bound.optional(),
    values: listOf(text(), 'values').optional(),
    pattern: text().refine(isPattern, { error: 'a regular expression' }).optional(),
    extensions: listOf(text(), 'extensions').optional(),
    flag: z
      .string({ error: 'a flag like --days' })
      .regex(/^--?[A-Za-z0-9][\w-]*$/, { error: 'a flag like --days' })
      .optional(),
  });
}

function user() {
  const hash = 'a hash as `deskgraph user add` prints it';
  return strict({
    username: name(),
    passwordHash: z.string({ error: hash }).startsWith('scrypt$', { error: hash }),
    roles: roles(),
    accounts: listOf(text(), 'account patterns').default([]),
    disabled: flag().default(false),
  });
}

function isPattern(pattern: string): boolean {
  try {
    new RegExp(pattern, 'u');
    return true;
  } catch {
    return false;
  }
}

function hasScript(parameters: readonly { readonly name: string; readonly type: string }[]): boolean {
  const paths = parameters.filter(({ type }) => type === 'WORKSPACE_PATH');
  return paths.length === 1 && paths[0]?.name === 'script';
}

function problemLines(issue: z.core.$ZodIssue, mapping: unknown): string[] {
  const path = issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : keyPath(String(key)))).join('');
  if (issue.code === 'unrecognized_keys') return issue.message.split('\n').map((line) => withoutDot(`${path}${line}`));
  const isSecret = issue.path.some((key) => SECRET_KEYS.has(String(key)));
  const received = isSecret ? '(hidden)' : shown(valueAt(mapping, issue.path));
  return [`${withoutDot(path)}: received ${received}, wanted ${issue.message}`];
}

function withoutDot(path: string): string {
  return path.startsWith('.') ? path.slice(1) : path;
}

function valueAt(mapping: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((value, key) => {
    if (typeof value !== 'object' || value === null) return undefined;
    return Object.getOwnPropertyDescriptor(value, key)?.value;
  }, mapping);
}
