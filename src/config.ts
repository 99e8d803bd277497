import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { findUnavailable } from './config-availability.ts';
import { credentialVariables, type GatewayConfig, readGateways } from './config-credentials.ts';
import type { Environment, VariableTexts, VariableValues } from './config-environment.ts';
import { findUnknownVariables, parseVariables, readVariables } from './config-environment.ts';
import type { CommandsConfig, ConfigFile, SourceConfig } from './config-file.ts';
import { parseConfigFile, parseMapping } from './config-file.ts';
import { ConfigError, shown } from './config-problems.ts';
import { readSsh, type SshConfig } from './config-ssh.ts';
import { findStrayUrls } from './config-urls.ts';
import type { Variable } from './config-variables.ts';
import { VARIABLES } from './config-variables.ts';
import type { Day } from './domain/day.ts';
import type { LogLevel } from './logger.ts';

/** Everything that a run depends on. What this version refuses has no place here yet. */
export interface Config {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** What part of the work is for this process: api serves and carries no gateway. Undefined: all of it. */
  readonly role: 'api' | 'ingest' | undefined;
  readonly isProduction: boolean;
  readonly logLevel: LogLevel;
  readonly graphiql: boolean;
  /** Absolute. */
  readonly dataFolder: string;
  /** AUTO: simulated data as long as nothing was imported into the data folder. */
  readonly demo: 'AUTO' | 'ON' | 'OFF';
  /** Undefined: accounts are in the embedded store. */
  readonly mongo: MongoConfig | undefined;
  /** Undefined: this process shares its daily cache with no other. */
  readonly redis: RedisConfig | undefined;
  readonly corsOrigins: readonly string[];
  readonly cache: CacheConfig;
  /** Absolute; undefined: the calendars that come with Deskgraph. */
  readonly calendarOverrides: string | undefined;
  /** The first is preferred. */
  readonly sources: readonly SourceConfig[];
  readonly gateways: readonly GatewayConfig[];
  /** Whether orders may go to real venues. */
  readonly tradingEnabled: boolean;
  /** Undefined: no commands are configured. */
  readonly commands: CommandsConfig | undefined;
  /** Undefined: there is no SSH tunnel. */
  readonly ssh: SshConfig | undefined;
}

export interface MongoConfig {
  readonly url: string;
  readonly names: {
    readonly quantaxis: string;
    readonly realtime: string;
    /** Of Deskgraph's own records. */
    readonly own: string;
  };
}

export interface RedisConfig {
  readonly url: string;
}

export interface CacheConfig {
  readonly maxBytes: number;
  /** Undefined: bytes alone bound the cache. */
  readonly maxEntries: number | undefined;
  readonly ttlSeconds: number;
  readonly defaultStartDay: Day;
}

export interface ConfigInput {
  readonly environment: Environment;
  /** The text of a file; throws when it cannot be read. */
  readonly readFile: (path: string) => string;
  /** What relative paths of the environment are relative to. */
  readonly cwd: string;
}

export interface ConfigurationKey {
  readonly name: string;
  /** As one would write it; undefined: not set. */
  readonly default: string | undefined;
  readonly description: string;
}

/** Every environment variable, in the order in which help and README show them. */
export const CONFIGURATION_KEYS: readonly ConfigurationKey[] = Object.entries<Variable>(VARIABLES).map(
  ([name, variable]) => ({ name, default: variable.default, description: variable.description }),
);

/** The frozen configuration of this run, or a ConfigError that names every problem at once. */
export function loadConfig({ environment, readFile, cwd }: ConfigInput): Config {
  const read = readVariables(environment, readFile);
  const { values, problems } = parseVariables(read.texts);
  const configFile = read.texts.DESKGRAPH_CONFIG === undefined ? undefined : resolve(cwd, read.texts.DESKGRAPH_CONFIG);
  const content = readConfigFile(configFile, readFile);
  const ssh = readSsh({
    texts: read.texts,
    values,
    mapping: content.mapping,
    readFile,
    cwd,
    home: homeOf(environment),
  });
  const unavailable = findUnavailable(read.texts, content.mapping);
  const described = content.file?.gateways ?? [];
  const { gateways, problems: gatewayProblems } = readGateways(described, { environment, readFile });
  const all = [
    ...findUnknownVariables(environment, credentialVariables(described)),
    ...read.problems,
    ...problems,
    ...content.problems,
    ...gatewayProblems,
    ...unavailable,
    ...findContradictions(read.texts, content.file),
    ...ssh.problems,
  ];
  if (values === undefined || content.file === undefined || all.length > 0) throw new ConfigError(all);
  return deepFrozen(toConfig({ values, texts: read.texts, file: content.file, gateways, cwd, ssh: ssh.ssh }));
}

interface ConfigParts {
  readonly values: VariableValues;
  readonly texts: VariableTexts;
  readonly file: ConfigFile;
  readonly gateways: readonly GatewayConfig[];
  readonly cwd: string;
  readonly ssh: SshConfig | undefined;
}

function readConfigFile(path: string | undefined, readFile: (path: string) => string) {
  if (path === undefined) return { mapping: {}, ...parseConfigFile({}, '') };
  const wanted = 'wanted a readable YAML or JSON file';
  const refused = (why: string) => ({
    mapping: {},
    file: undefined,
    problems: [`DESKGRAPH_CONFIG: received ${shown(path)}, ${wanted} (${why})`],
  });
  const text = readText(path, readFile);
  if (text === undefined) return refused('it cannot be read');
  const { mapping, problem } = parseMapping(text);
  return problem === undefined ? { mapping, ...parseConfigFile(mapping, path) } : refused(problem);
}

function readText(path: string, readFile: (path: string) => string): string | undefined {
  try {
    return readFile(path);
  } catch {
    return undefined;
  }
}

function toConfig({ values, texts, file, gateways, cwd, ssh }: ConfigParts): Config {
  const isProduction = values.NODE_ENV === 'production';
  const isConfigured = texts.DESKGRAPH_CONFIG !== undefined || texts.MONGO_URL !== undefined;
  return {
    host: values.HOST,
    port: values.PORT,
    role: values.ROLE === 'api' || values.ROLE === 'ingest' ? values.ROLE : undefined,
    isProduction,
    logLevel: values.LOG_LEVEL,
    graphiql: values.GRAPHIQL ?? !isProduction,
    dataFolder: resolve(cwd, values.DESKGRAPH_DATA),
    demo: demoOf(values.DEMO, isConfigured),
    mongo: mongoOf(values),
    redis: values.REDIS_URL === undefined ? undefined : { url: values.REDIS_URL },
    corsOrigins: values.CORS_ORIGINS,
    cache: {
      maxBytes: values.CACHE_MAX_BYTES,
      maxEntries: values.CACHE_MAXSIZE,
      ttlSeconds: values.CACHE_TTL_SECONDS,
      defaultStartDay: values.DEFAULT_START_DATE,
    },
    calendarOverrides: values.CALENDAR_OVERRIDES === undefined ? undefined : resolve(cwd, values.CALENDAR_OVERRIDES),
    sources: file.sources,
    gateways,
    tradingEnabled: values.TRADING_ENABLED,
    commands: file.commands,
    ssh,
  };
}

function homeOf({ HOME = '' }: Environment): string {
  return HOME === '' ? homedir() : HOME;
}

function mongoOf(values: VariableValues): MongoConfig | undefined {
  const { MONGO_URL: url, QUANTAXIS_DATABASE: quantaxis, QAREALTIME_DATABASE: realtime, MONGO_DATABASE: own } = values;
  return url === undefined ? undefined : { url, names: { quantaxis, realtime, own } };
}

/** What cannot both be meant. */
function findContradictions(texts: VariableTexts, file: ConfigFile | undefined): string[] {
  const { ROLE, REDIS_URL } = texts;
  const isAlone = (ROLE === 'api' || ROLE === 'ingest') && REDIS_URL === undefined;
  const ofRole = isAlone ? [`ROLE: received ${shown(ROLE)} without REDIS_URL, over which processes meet`] : [];
  return [...ofRole, ...findStrayUrls(file?.gateways ?? []), ...findContradictionsOfData(texts, file)];
}

function findContradictionsOfData({ DEMO, MONGO_URL }: VariableTexts, file: ConfigFile | undefined): string[] {
  if (MONGO_URL !== undefined) {
    if (!['1', 'true'].includes(DEMO ?? '')) return [];
    return [`DEMO: received ${shown(DEMO)}, wanted 0 or auto, since MONGO_URL names where the accounts are`];
  }
  return (file?.sources ?? []).flatMap(({ vendor }, index) =>
    vendor === 'quantaxis' ? [`sources[${index}].vendor: received "quantaxis" without MONGO_URL, which it reads`] : [],
  );
}

function demoOf(asked: boolean | undefined, isConfigured: boolean): Config['demo'] {
  if (asked === undefined) return isConfigured ? 'OFF' : 'AUTO';
  return asked ? 'ON' : 'OFF';
}

function deepFrozen<Value>(value: Value): Value {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value;
  Object.freeze(value);
  for (const inner of Object.values(value)) deepFrozen(inner);
  return value;
}
