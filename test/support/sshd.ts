import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { describe } from 'vitest';
import type { SshLogin } from '../../src/transport/ssh-connection.ts';
import { parsePrivateKey } from '../../src/transport/ssh-key.ts';
import { freePort } from './free-port.ts';
import { temporaryFolder } from './temporary-folder.ts';

const START_TIMEOUT_MS = 15_000;
const RETRY_MS = 20;
const ENCODED = { encoding: 'utf8' } as const;

/** A real sshd on a port of 127.0.0.1 that lets the user of this process in by one key. */
export interface Sshd extends AsyncDisposable {
  readonly folder: string;
  readonly port: number;
  /** What lets a client in. */
  readonly login: SshLogin;
  /** Where the private key of the login is. */
  readonly keyPath: string;
  /** A line of known_hosts with the server's key of the kind, for the name. */
  knownHost(name: string, kind?: HostKeyKind): string;
  /** Of the server's ed25519 key, as `ssh-keygen -l` prints it. */
  fingerprint(): string;
  /** The text of a file of its folder. */
  read(name: string): string;
  /** The key of the login, locked by a passphrase. */
  lockedKey(passphrase: string): string;
  /** What the server has printed. */
  printed(): string;
  /** Kills the server and what serves its connections. */
  kill(): Promise<void>;
  /** Starts it again on its port. */
  restart(): Promise<void>;
  /** Stops all its processes where they are, until they are thawed or killed. */
  freeze(): void;
  thaw(): void;
}

export interface SshdOptions {
  /** Lines of its configuration. */
  readonly configuration?: readonly string[];
  /** Default ed25519. */
  readonly hostKeys?: readonly HostKeyKind[];
}

type HostKeyKind = 'ed25519' | 'ecdsa' | 'rsa';

/** The path of an sshd on PATH or where Debian has it, or undefined. */
export function findSshd(path = process.env.PATH ?? ''): string | undefined {
  const folders = [...path.split(delimiter).filter((folder) => folder !== ''), '/usr/sbin'];
  return folders.map((folder) => join(folder, 'sshd')).find((program) => existsSync(program));
}

/** A suite that needs an sshd, or one that is skipped and says why. */
export function describeWithSshd(title: string, suite: () => void): void {
  if (findSshd() === undefined) describe.skip(`${title} (skipped where no sshd is on PATH or in /usr/sbin)`, suite);
  else describe(title, suite);
}

/** A new key pair at the path, and the path with `.pub` behind. */
export function makeKey(path: string, { kind = 'ed25519', passphrase = '' } = {}): void {
  execFileSync('ssh-keygen', [
    '-q',
    '-t',
    kind,
    ...(kind === 'rsa' ? ['-b', '2048'] : []),
    '-N',
    passphrase,
    '-f',
    path,
  ]);
}

export async function startSshd({ configuration = [], hostKeys = ['ed25519'] }: SshdOptions = {}): Promise<Sshd> {
  const folder = temporaryFolder();
  const inFolder = (name: string): string => join(folder.path, name);
  for (const kind of hostKeys) makeKey(inFolder(`host-${kind}`), { kind });
  makeKey(inFolder('user'));
  const port = await freePort();
  const lines = [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    ...hostKeys.map((kind) => `HostKey ${inFolder(`host-${kind}`)}`),
    `AuthorizedKeysFile ${inFolder('user.pub')}`,
    'AuthenticationMethods publickey',
    'PermitRootLogin yes',
    'StrictModes no',
    'UsePAM no',
    'PidFile none',
    ...configuration,
  ];
  writeFileSync(inFolder('sshd_config'), `${lines.join('\n')}\n`);
  const run = (): Promise<RunningSshd> => runSshd(inFolder('sshd_config'), port);
  let child = await run();
  const abandon = (): void => {
    signalAll(child.process, 'SIGKILL');
    folder[Symbol.dispose]();
  };
  // Who interrupts the tests leaves them time for no more than this.
  process.once('exit', abandon);
  const kill = async (): Promise<void> => {
    signalAll(child.process, 'SIGKILL');
    await child.ended;
  };
  return {
    folder: folder.path,
    port,
    keyPath: inFolder('user'),
    login: {
      host: '127.0.0.1',
      port,
      username: userInfo().username,
      key: parsePrivateKey(readFileSync(inFolder('user'), 'utf8'), undefined),
    },
    knownHost: (name, kind = 'ed25519') => {
      const [type, key] = readFileSync(inFolder(`host-${kind}.pub`), 'utf8').split(' ');
      return `${name} ${type} ${key}\n`;
    },
    fingerprint: () => {
      const line = execFileSync('ssh-keygen', ['-l', '-E', 'sha256', '-f', inFolder('host-ed25519.pub')], ENCODED);
      return line.split(' ')[1] ?? '';
    },
    read: (name) => readFileSync(inFolder(name), 'utf8'),
    lockedKey: (passphrase) => {
      copyFileSync(inFolder('user'), inFolder('locked'));
      execFileSync('ssh-keygen', ['-q', '-p', '-P', '', '-N', passphrase, '-f', inFolder('locked')]);
      return readFileSync(inFolder('locked'), 'utf8');
    },
    printed: () => child.printed,
    kill,
    restart: async () => {
      child = await run();
    },
    freeze: () => signalAll(child.process, 'SIGSTOP'),
    thaw: () => signalAll(child.process, 'SIGCONT'),
    [Symbol.asyncDispose]: async () => {
      process.off('exit', abandon);
      await kill();
      folder[Symbol.dispose]();
    },
  };
}

interface RunningSshd {
  readonly process: ChildProcess;
  readonly ended: Promise<unknown>;
  readonly printed: string;
}

async function runSshd(configuration: string, port: number): Promise<RunningSshd> {
  const program = findSshd();
  if (program === undefined) throw new Error('there is no sshd');
  // Where sshd confines itself as root; its service makes it otherwise.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const child = spawn(program, ['-D', '-e', '-f', configuration], { stdio: ['ignore', 'ignore', 'pipe'] });
  const running = { process: child, ended: once(child, 'close'), printed: '' };
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    running.printed = (running.printed + text).slice(-10_000);
  });
  const signal = AbortSignal.timeout(START_TIMEOUT_MS);
  while (!(await accepts(port))) {
    if (child.exitCode !== null) throw new Error(`sshd ended before it could be used: ${running.printed}`);
    await delay(RETRY_MS, undefined, { signal });
  }
  return running;
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const isThere = await once(socket, 'connect').then(
    () => true,
    () => false,
  );
  socket.destroy();
  return isThere;
}

/** To a process and all that it has started, which are in groups of their own. */
function signalAll({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  for (const each of [pid, ...descendantsOf(pid)]) {
    try {
      process.kill(each, signal);
    } catch {
      // It has ended meanwhile.
    }
  }
}

function descendantsOf(pid: number): number[] {
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(name) === pid);
  return children.flatMap((name) => [Number(name), ...descendantsOf(Number(name))]);
}

/** The name of a program, which may hold anything, stands in parentheses before. */
function parentOf(name: string): number | undefined {
  try {
    return Number(/\) \w (\d+)/.exec(readFileSync(`/proc/${name}/stat`, 'utf8'))?.[1]);
  } catch {
    return undefined;
  }
}
