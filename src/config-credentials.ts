import { type Environment, readSecretVariable } from './config-environment.ts';
import type { ConfigFile } from './config-file.ts';
import { shown } from './config-problems.ts';
import { ACCOUNT_CHANNELS } from './domain/live-account.ts';

/** What proves to a venue whose account it is; the passphrase is empty where the venue has none. */
export interface GatewayCredentials {
  readonly apiKey: string;
  readonly secret: string;
  readonly passphrase: string;
}

type GatewayOfFile = ConfigFile['gateways'][number];

/** A gateway as it is to be opened: as the file describes it, with the secrets that its variables name. */
export interface GatewayConfig extends Omit<GatewayOfFile, 'credentials'> {
  /** Undefined: it carries no account of a real venue. */
  readonly credentials?: GatewayCredentials | undefined;
}

interface Sources {
  readonly environment: Environment;
  /** The text of a file; throws when it cannot be read. */
  readonly readFile: (path: string) => string;
}

/** Venues whose keys come with a passphrase. */
const VENUES_WITH_PASSPHRASE: readonly string[] = ['okx', 'kucoin', 'bitget'];
const ENTRIES = { apiKeyEnv: 'apiKey', secretEnv: 'secret', passphraseEnv: 'passphrase' } as const;
type Entry = keyof typeof ENTRIES;

/** The gateways with their secrets, and a problem for each account that cannot be opened with what there is. */
export function readGateways(
  gateways: readonly GatewayOfFile[],
  sources: Sources,
): { gateways: readonly GatewayConfig[]; problems: readonly string[] } {
  const read = gateways.map((gateway, index) => readGateway(gateway, `gateways[${index}]`, sources));
  return { gateways: read.map(({ gateway }) => gateway), problems: read.flatMap(({ problems }) => problems) };
}

/** The names of all variables, and of files instead of them, that gateways read their secrets from. */
export function credentialVariables(gateways: readonly GatewayOfFile[]): readonly string[] {
  const names = gateways
    .flatMap(({ credentials }) => Object.values(credentials ?? {}))
    .filter((name) => name !== undefined);
  return names.flatMap((name) => [name, `${name}_FILE`]);
}

function readGateway(
  file: GatewayOfFile,
  at: string,
  sources: Sources,
): { gateway: GatewayConfig; problems: string[] } {
  const { credentials: named, ...gateway } = file;
  const { venue, accountCookie, channels = [] } = file;
  if (venue === 'paper') return { gateway, problems: [] };
  if (accountCookie === undefined) {
    const ofAccount = channels.filter((channel) => ACCOUNT_CHANNELS.some((each) => each === channel));
    return {
      gateway,
      problems: [
        ...(named === undefined ? [] : [`${at}.accountCookie: received nothing, wanted a name beside credentials`]),
        ...ofAccount.map((channel) => `${at}.channels: received ${channel} without accountCookie, whose they are`),
      ],
    };
  }
  const wanted = entriesOf(venue);
  if (named === undefined) {
    return {
      gateway,
      problems: [`${at}.credentials: received nothing, wanted ${wanted.join(', ')} beside accountCookie`],
    };
  }
  const secrets: Record<(typeof ENTRIES)[Entry], string> = { apiKey: '', secret: '', passphrase: '' };
  const problems: string[] = [];
  for (const entry of wanted) {
    const { text = '', problem } = readEntry(named[entry], `${at}.credentials.${entry}`, sources);
    secrets[ENTRIES[entry]] = text;
    if (problem !== undefined) problems.push(problem);
  }
  return { gateway: { ...gateway, credentials: secrets }, problems };
}

function entriesOf(venue: string): readonly Entry[] {
  return VENUES_WITH_PASSPHRASE.includes(venue)
    ? ['apiKeyEnv', 'secretEnv', 'passphraseEnv']
    : ['apiKeyEnv', 'secretEnv'];
}

function readEntry(
  name: string | undefined,
  at: string,
  { environment, readFile }: Sources,
): { text?: string; problem?: string } {
  if (name === undefined) return { problem: `${at}: received nothing, wanted the name of an environment variable` };
  const read = readSecretVariable(name, environment, readFile);
  if (read.text !== undefined || read.problem !== undefined) return read;
  const isName = /^[A-Z][A-Z0-9_]{0,63}$/.test(name);
  // Somebody may have put the secret itself there.
  const [received, file] = isName ? [shown(name), `${name}_FILE`] : ['(hidden)', 'NAME_FILE'];
  return { problem: `${at}: received ${received}, which is not set, wanted a variable with a text, or ${file}` };
}
