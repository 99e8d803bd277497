import { isIP } from 'node:net';
import { z } from 'zod';
import { parseDay } from './domain/day.ts';
import { LOG_LEVELS } from './logger.ts';

export interface Variable {
  /** From the text of the variable to its value. */
  readonly schema: z.ZodType;
  /** The text that stands for a variable that is not set or empty. */
  readonly default?: string;
  /** What belongs here, as `PORT: received "x", wanted ...` says it. */
  readonly wanted: string;
  readonly description: string;
  /** Never shown in an error, and read from the file that NAME_FILE names when that is set instead. */
  readonly isSecret?: boolean;
}

/**
 * A connection string of MongoDB, which may name several hosts and is then no URL:
 * https://www.mongodb.com/docs/manual/reference/connection-string/. Options are the driver's business.
 */
const MONGO_HOST = String.raw`(\[[\da-fA-F:.]+\]|[^\s/?#@:,[\]]+)(:\d+)?`;
const MONGO_URL = new RegExp(
  String.raw`^mongodb(\+srv)?://([^\s/?#@]*@)?${MONGO_HOST}(,${MONGO_HOST})*([/?][^\s@]*)?$`,
);

/** Every environment variable that is read. The names are part of the public contract. */
export const VARIABLES = {
  PORT: {
    schema: integer(0, 65_535),
    default: '8010',
    wanted: 'a port from 0 to 65535 (0: any free one)',
    description: 'Port of the server; 0 takes any free one',
  },
  HOST: {
    schema: z.string().refine(isHost),
    default: '127.0.0.1',
    wanted: 'an IP address or a host name',
    description: 'Address to listen on; without access control only loopback is allowed',
  },
  DESKGRAPH_CONFIG: {
    schema: z.string().optional(),
    wanted: 'the path of a YAML or JSON file',
    description: 'YAML or JSON file with sources, gateways, commands and access',
  },
  DESKGRAPH_DATA: {
    schema: z.string(),
    default: '.deskgraph',
    wanted: 'the path of a folder',
    description: 'Folder of the embedded store and of the demo data',
  },
  DEMO: {
    schema: automatic(),
    default: 'auto',
    wanted: 'auto, 0 or 1',
    description: 'Simulated data; auto: as long as nothing is configured or imported',
  },
  MONGO_URL: {
    schema: z.string().regex(MONGO_URL).optional(),
    wanted: 'an address like mongodb://host:27017',
    description: 'MongoDB with the QUANTAXIS databases, instead of the embedded store',
    isSecret: true,
  },
  MONGO_DATABASE: {
    schema: z.string().regex(/^[\w-]{1,63}$/),
    default: 'deskgraph',
    wanted: 'a database name of letters, digits, - and _',
    description: 'Database of our own records, with MONGO_URL',
  },
  QUANTAXIS_DATABASE: {
    schema: z.string().regex(/^[\w-]{1,63}$/),
    default: 'quantaxis',
    wanted: 'a database name of letters, digits, - and _',
    description: "QUANTAXIS' database of settled accounts and market data, with MONGO_URL",
  },
  QAREALTIME_DATABASE: {
    schema: z.string().regex(/^[\w-]{1,63}$/),
    default: 'QAREALTIME',
    wanted: 'a database name of letters, digits, - and _',
    description: "QUANTAXIS' database of running accounts, with MONGO_URL",
  },
  REDIS_URL: {
    schema: url(['redis:', 'rediss:']).refine(isRedisUrl).optional(),
    wanted: 'an address like redis://host:6379 or rediss://user:password@host:6379/0',
    description: 'Redis over which processes share events and the daily cache',
    isSecret: true,
  },
  ROLE: {
    schema: z.enum(['all', 'api', 'ingest', 'worker']),
    default: 'all',
    wanted: 'all, api, ingest or worker',
    description: 'all, or with REDIS_URL: ingest carries the gateways, api serves without any of its own',
  },
  JWT_SECRET: {
    schema: z.string().min(32).optional(),
    wanted: 'at least 32 characters',
    description: 'Shared secret that tokens are signed with',
    isSecret: true,
  },
  JWKS_URL: {
    schema: url(['http:', 'https:']).optional(),
    wanted: 'an http or https address',
    description: 'Where the public keys of tokens are, instead of JWT_SECRET',
    isSecret: true,
  },
  JWT_ISSUER: { schema: z.string().optional(), wanted: 'a text', description: 'Issuer that tokens must name' },
  JWT_AUDIENCE: { schema: z.string().optional(), wanted: 'a text', description: 'Audience that tokens must name' },
  CORS_ORIGINS: {
    schema: z
      .string()
      .default('')
      .transform(splitList)
      .pipe(z.array(z.string().refine(isOrigin))),
    wanted: 'origins like https://desk.example.com, separated by commas',
    description: 'Origins of web pages that may use the endpoint, separated by commas',
  },
  TRADING_ENABLED: {
    schema: boolean(),
    default: '0',
    wanted: '0 or 1',
    description: 'Whether orders may go to real venues',
  },
  GRAPHIQL: {
    schema: automatic(),
    default: 'auto',
    wanted: 'auto, 0 or 1',
    description: 'GraphiQL at /graphql; auto: unless NODE_ENV is production',
  },
  LOG_LEVEL: {
    schema: z.enum(LOG_LEVELS),
    default: 'info',
    wanted: `one of ${LOG_LEVELS.join(', ')}`,
    description: `Least level that is logged: ${LOG_LEVELS.join(', ')}`,
  },
  NODE_ENV: {
    schema: z.string().optional(),
    wanted: 'a text',
    description: 'production hides suggestions in error messages and, by default, GraphiQL',
  },
  CACHE_MAX_BYTES: {
    schema: integer(1, Number.MAX_SAFE_INTEGER),
    default: String(256 * 1024 * 1024),
    wanted: 'a number of bytes, at least 1',
    description: 'Bound of the daily cache in bytes',
  },
  CACHE_MAXSIZE: {
    schema: integer(1, Number.MAX_SAFE_INTEGER).optional(),
    wanted: 'a number of entries, at least 1',
    description: 'Bound of the daily cache in entries; not set: bytes alone bound it',
  },
  CACHE_TTL_SECONDS: {
    schema: integer(1, 31_536_000),
    default: '7200',
    wanted: 'seconds from 1 to 31536000',
    description: 'Age after which a cached series is loaded again in the background',
  },
  DEFAULT_START_DATE: {
    schema: z.string().transform(parseDay).pipe(z.number()),
    default: '2015-01-01',
    wanted: 'a date as YYYY-MM-DD',
    description: 'First day of the history that vendors are asked for; a folder is read whole',
  },
  CALENDAR_OVERRIDES: {
    schema: z.string().optional(),
    wanted: 'the path of a JSON file',
    description: 'JSON file with what a desk knows better of trading calendars, as data/calendars/README.md shows',
  },
  SSH_ENABLED: {
    schema: boolean(),
    default: '0',
    wanted: '0 or 1',
    description: 'SSH tunnel for sources with `proxy: tunnel`',
  },
  SSH_HOST: {
    schema: z.string().refine(isHost).optional(),
    wanted: 'an IP address or a host name',
    description: 'Host of the SSH tunnel',
  },
  SSH_PORT: {
    schema: integer(1, 65_535),
    default: '22',
    wanted: 'a port from 1 to 65535',
    description: 'Port of the SSH host',
  },
  SSH_USERNAME: { schema: z.string().optional(), wanted: 'a text', description: 'User on the SSH host' },
  SSH_KEY_PATH: {
    schema: z.string().optional(),
    wanted: 'the path of a private key',
    description: 'Private key of the SSH user',
  },
  SSH_PASSPHRASE: {
    schema: z.string().optional(),
    wanted: 'a text',
    description: 'What unlocks the private key, if something does',
    isSecret: true,
  },
  SSH_KNOWN_HOSTS: {
    schema: z.string(),
    default: '~/.ssh/known_hosts',
    wanted: 'the path of a file',
    description: 'Host keys that are trusted, as OpenSSH keeps them; a host that is not in it is refused',
  },
  SSH_HOST_FINGERPRINT: {
    schema: z
      .string()
      .regex(/^SHA256:[A-Za-z0-9+/]{43}$/)
      .optional(),
    wanted: 'a fingerprint as ssh-keygen -l prints it: SHA256: and 43 signs',
    description: 'Fingerprint of the only host key that is trusted, instead of SSH_KNOWN_HOSTS',
  },
  SSH_LOCAL_PORT: {
    schema: integer(1, 65_535).optional(),
    wanted: 'a port from 1 to 65535',
    description: 'Port on 127.0.0.1 where other programs find the tunnel as a SOCKS5 proxy; not set: nowhere',
  },
} satisfies Readonly<Record<string, Variable>>;

function integer(minimum: number, maximum: number) {
  return z
    .string()
    .regex(/^\d{1,16}$/)
    .transform(Number)
    .pipe(z.number().min(minimum).max(maximum));
}

function boolean() {
  return z.enum(['0', '1', 'true', 'false']).transform((text) => text === '1' || text === 'true');
}

/** Undefined: the program decides. */
function automatic() {
  return z.union([z.literal('auto').transform(() => undefined), boolean()]);
}

function url(protocols: readonly string[]) {
  return z.string().refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol));
}

/** Nothing behind the number of the database, since nobody would read it. */
function isRedisUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { hostname, pathname, search, hash } = new URL(text);
  return hostname !== '' && /^\/?\d{0,5}$/.test(pathname) && search === '' && hash === '';
}

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

function isOrigin(text: string): boolean {
  return /^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

function isHost(text: string): boolean {
  return isIP(text) !== 0 || /^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i.test(text);
}
