import { join, resolve } from 'node:path';
import type { VariableTexts, VariableValues } from './config-environment.ts';
import { shown } from './config-problems.ts';
import { VARIABLES } from './config-variables.ts';

/** The SSH tunnel. */
export interface SshConfig {
  readonly host: string;
  readonly port: number;
  readonly username: string;
  /** The text of the key. */
  readonly privateKey: string;
  readonly passphrase: string | undefined;
  /** `SHA256:...` of the only host key that is trusted; undefined: those of the known_hosts file are. */
  readonly fingerprint: string | undefined;
  /** Absolute. */
  readonly knownHostsPath: string;
  /** Where other programs find the tunnel as a SOCKS5 proxy; undefined: nowhere. */
  readonly localPort: number | undefined;
}

export interface SshInput {
  readonly texts: VariableTexts;
  /** Undefined when some cannot be used. */
  readonly values: VariableValues | undefined;
  /** What the configuration file holds. */
  readonly mapping: Readonly<Record<string, unknown>>;
  /** The text of a file; throws when it cannot be read. */
  readonly readFile: (path: string) => string;
  readonly cwd: string;
  /** What `~` stands for. */
  readonly home: string;
}

const NEEDED = {
  SSH_HOST: 'the host of the tunnel',
  SSH_USERNAME: 'the user on that host',
  SSH_KEY_PATH: "the path of that user's private key",
} as const;

/** The tunnel that is asked for, and what keeps it from being one. */
export function readSsh(input: SshInput): {
  readonly ssh: SshConfig | undefined;
  readonly problems: readonly string[];
} {
  const { texts, values } = input;
  if (!isOn(texts))
    return { ssh: undefined, problems: [...findTunneled(input.mapping), ...findTunneledGateways(input.mapping)] };
  const missing = Object.entries(NEEDED)
    .filter(([name]) => !(name in texts))
    .map(([name, wanted]) => `${name}: received nothing, wanted ${wanted}, since SSH_ENABLED asks for one`);
  const key = readKey(input);
  const knownHosts = findKnownHosts(input);
  const gateways = texts.SSH_LOCAL_PORT === undefined ? findTunneledGateways(input.mapping) : [];
  const problems = [...missing, ...key.problems, ...knownHosts.problems, ...gateways];
  const { SSH_HOST: host, SSH_USERNAME: username } = texts;
  if (values === undefined || host === undefined || username === undefined || key.text === undefined) {
    return { ssh: undefined, problems };
  }
  const ssh = {
    ...{ host, port: values.SSH_PORT, username, privateKey: key.text, passphrase: texts.SSH_PASSPHRASE },
    ...{ fingerprint: texts.SSH_HOST_FINGERPRINT, knownHostsPath: knownHosts.path, localPort: values.SSH_LOCAL_PORT },
  };
  return { ssh, problems };
}

function isOn({ SSH_ENABLED }: VariableTexts): boolean {
  return SSH_ENABLED === '1' || SSH_ENABLED === 'true';
}

/** Sources that are to be asked through a tunnel which there is not. */
function findTunneled({ sources }: Readonly<Record<string, unknown>>): string[] {
  return indexesOfTunneled(sources).map(
    (index) => `sources[${index}].proxy: received "tunnel", wanted SSH_ENABLED=1 beside it`,
  );
}

/** Gateways reach the tunnel at its local port. */
function findTunneledGateways({ gateways }: Readonly<Record<string, unknown>>): string[] {
  return indexesOfTunneled(gateways).map(
    (index) => `gateways[${index}].proxy: received "tunnel", wanted SSH_ENABLED=1 and SSH_LOCAL_PORT beside it`,
  );
}

function indexesOfTunneled(entries: unknown): number[] {
  return (Array.isArray(entries) ? entries : []).flatMap((entry: unknown, index) => {
    const isTunneled = typeof entry === 'object' && entry !== null && 'proxy' in entry && entry.proxy === 'tunnel';
    return isTunneled ? [index] : [];
  });
}

function readKey({ texts: { SSH_KEY_PATH: path, SSH_PASSPHRASE: passphrase }, ...input }: SshInput) {
  if (path === undefined) return { text: undefined, problems: [] };
  const refuse = (wanted: string) => ({
    text: undefined,
    problems: [`SSH_KEY_PATH: received ${shown(path)}, wanted ${wanted}`],
  });
  const text = readText(pathOf(path, input), input);
  if (text === undefined) return refuse('a file that can be read');
  if (!/PRIVATE KEY-----|^PuTTY-User-Key-File-/.test(text)) return refuse('a file with a private key');
  if (isLocked(text) && passphrase === undefined) return refuse('SSH_PASSPHRASE beside it, which unlocks it');
  return { text, problems: [] };
}

/** The three forms of a key each tell otherwise how they are encrypted. */
function isLocked(text: string): boolean {
  if (/^(Proc-Type: 4,ENCRYPTED|-----BEGIN ENCRYPTED PRIVATE KEY-----|Encryption: (?!none))/m.test(text)) return true;
  const [, base64 = ''] = /-----BEGIN OPENSSH PRIVATE KEY-----([^-]*)/.exec(text) ?? [];
  // "openssh-key-v1", a zero, and the name of the cipher behind its length.
  const cipher = Buffer.from(base64, 'base64').toString('latin1', 19, 23);
  return cipher !== '' && cipher !== 'none';
}

/** Without an entry nobody is trusted; without the file nobody ever could be. */
function findKnownHosts({ texts: { SSH_KNOWN_HOSTS: given, SSH_HOST_FINGERPRINT: fingerprint }, ...input }: SshInput) {
  const named = given ?? VARIABLES.SSH_KNOWN_HOSTS.default;
  const path = pathOf(named, input);
  if (fingerprint !== undefined) {
    const isTwice = given !== undefined;
    const problem = 'SSH_KNOWN_HOSTS: received a path beside SSH_HOST_FINGERPRINT, wanted one of the two';
    return { path, problems: isTwice ? [problem] : [] };
  }
  if (readText(path, input) !== undefined) return { path, problems: [] };
  const wanted = 'a file that can be read and knows the host, or SSH_HOST_FINGERPRINT';
  return { path, problems: [`SSH_KNOWN_HOSTS: received ${shown(named)}, wanted ${wanted}`] };
}

function readText(path: string, { readFile }: Pick<SshInput, 'readFile'>): string | undefined {
  try {
    return readFile(path);
  } catch {
    return undefined;
  }
}

function pathOf(path: string, { cwd, home }: Pick<SshInput, 'cwd' | 'home'>): string {
  return path.startsWith('~/') ? join(home, path.slice(2)) : resolve(cwd, path);
}
