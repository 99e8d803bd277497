import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Config, loadConfig } from '../src/config.ts';
import { problemsIn } from './support/config-problems.ts';
import { describeWithSshd, makeKey } from './support/sshd.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const KEY = '-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\n';
const FILES: Readonly<Record<string, string>> = {
  '/desk/hk_ecs.pem': KEY,
  '/home/ann/.ssh/id': KEY,
  '/home/ann/.ssh/known_hosts': '',
  '/etc/known': '',
  '/desk/locked.pem': KEY.replace('MIIE', 'Proc-Type: 4,ENCRYPTED\nMIIE'),
  '/desk/locked.ppk': 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: aes256-cbc\n',
  '/desk/open.ppk': 'PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\n',
  '/desk/id.pub': 'ssh-ed25519 AAAA ann\n',
  '/desk/words': 'open sesame\n',
};
const FINGERPRINT = `SHA256:${'Ab+/'.repeat(11).slice(0, 43)}`;
const ON = { SSH_ENABLED: '1', SSH_HOST: 'bastion.example.com', SSH_USERNAME: 'ann', SSH_KEY_PATH: 'hk_ecs.pem' };

function load(environment: Record<string, string>, file?: string): Config {
  return loadConfig({
    environment: {
      HOME: '/home/ann',
      ...(file === undefined ? {} : { DESKGRAPH_CONFIG: '/desk.yaml' }),
      ...environment,
    },
    readFile: (path) => {
      const text = path === '/desk.yaml' ? file : FILES[path];
      if (text === undefined) throw new Error(`ENOENT ${path}`);
      return text;
    },
    cwd: '/desk',
  });
}

function problemsOf(environment: Record<string, string>, file?: string): readonly string[] {
  return problemsIn(() => load(environment, file));
}

describe('the configuration of the SSH tunnel', () => {
  it('takes the names of the desk as they are', () => {
    expect(load(ON).ssh).toEqual({
      host: 'bastion.example.com',
      port: 22,
      username: 'ann',
      privateKey: KEY,
      passphrase: undefined,
      fingerprint: undefined,
      knownHostsPath: '/home/ann/.ssh/known_hosts',
      localPort: undefined,
    });
  });

  it('takes all there is', () => {
    const environment = {
      ...{ ...ON, SSH_ENABLED: 'true', SSH_PORT: '2222', SSH_KEY_PATH: '~/.ssh/id', SSH_LOCAL_PORT: '1080' },
      ...{ SSH_PASSPHRASE_FILE: '/desk/words', SSH_HOST_FINGERPRINT: FINGERPRINT },
    };
    expect(load(environment).ssh).toMatchObject({
      ...{ port: 2222, privateKey: KEY, passphrase: 'open sesame', fingerprint: FINGERPRINT, localPort: 1080 },
    });
    expect(load({ ...ON, SSH_KNOWN_HOSTS: '/etc/known' }).ssh?.knownHostsPath).toBe('/etc/known');
  });

  it('is nothing as long as it is not asked for', () => {
    expect(load({ ...ON, SSH_ENABLED: '0', SSH_KEY_PATH: 'none' }).ssh).toBeUndefined();
  });

  it('needs host, user and key', () => {
    expect(problemsOf({ SSH_ENABLED: '1' })).toEqual([
      'SSH_HOST: received nothing, wanted the host of the tunnel, since SSH_ENABLED asks for one',
      'SSH_USERNAME: received nothing, wanted the user on that host, since SSH_ENABLED asks for one',
      "SSH_KEY_PATH: received nothing, wanted the path of that user's private key, since SSH_ENABLED asks for one",
    ]);
  });

  it.each([
    [{ SSH_KEY_PATH: 'none.pem' }, 'SSH_KEY_PATH: received "none.pem", wanted a file that can be read'],
    [{ SSH_KEY_PATH: 'id.pub' }, 'SSH_KEY_PATH: received "id.pub", wanted a file with a private key'],
    [
      { SSH_KEY_PATH: 'locked.pem' },
      'SSH_KEY_PATH: received "locked.pem", wanted SSH_PASSPHRASE beside it, which unlocks it',
    ],
    [
      { SSH_KEY_PATH: 'locked.ppk' },
      'SSH_KEY_PATH: received "locked.ppk", wanted SSH_PASSPHRASE beside it, which unlocks it',
    ],
    [
      { HOME: '/home/bob' },
      'SSH_KNOWN_HOSTS: received "~/.ssh/known_hosts", wanted a file that can be read and knows the host, or SSH_HOST_FINGERPRINT',
    ],
    [
      { SSH_KNOWN_HOSTS: 'none' },
      'SSH_KNOWN_HOSTS: received "none", wanted a file that can be read and knows the host, or SSH_HOST_FINGERPRINT',
    ],
    [
      { SSH_KNOWN_HOSTS: '/etc/known', SSH_HOST_FINGERPRINT: FINGERPRINT },
      'SSH_KNOWN_HOSTS: received a path beside SSH_HOST_FINGERPRINT, wanted one of the two',
    ],
    [
      { SSH_HOST_FINGERPRINT: 'MD5:00:11' },
      'SSH_HOST_FINGERPRINT: received "MD5:00:11", wanted a fingerprint as ssh-keygen -l prints it: SHA256: and 43 signs',
    ],
    [{ SSH_LOCAL_PORT: '0' }, 'SSH_LOCAL_PORT: received "0", wanted a port from 1 to 65535'],
  ])('refuses %j', (environment: Record<string, string>, problem) => {
    expect(problemsOf({ ...ON, ...environment })).toEqual([problem]);
  });

  it('takes keys of each form, with a passphrase where they are locked', () => {
    for (const key of ['locked.pem', 'locked.ppk']) {
      expect(problemsOf({ ...ON, SSH_KEY_PATH: key, SSH_PASSPHRASE: 'open sesame' })).toEqual([]);
    }
    expect(problemsOf({ ...ON, SSH_KEY_PATH: 'open.ppk' })).toEqual([]);
  });

  it('refuses a source that is to be asked through a tunnel when there is none', () => {
    const file = 'sources: [{ vendor: folder, path: . }, { vendor: yahoo, proxy: tunnel }]';
    const problem = 'sources[1].proxy: received "tunnel", wanted SSH_ENABLED=1 beside it';
    expect(problemsOf({}, file)).toContain(problem);
    expect(problemsOf(ON, file)).not.toContain(problem);
  });

  it('refuses a gateway behind a tunnel that has no local port', () => {
    const file = 'gateways: [{ name: a, venue: okx, proxy: tunnel }]';
    const problem = 'gateways[0].proxy: received "tunnel", wanted SSH_ENABLED=1 and SSH_LOCAL_PORT beside it';
    expect(problemsOf({}, file)).toContain(problem);
    expect(problemsOf(ON, file)).toContain(problem);
    expect(problemsOf({ ...ON, SSH_LOCAL_PORT: '1081' }, file)).not.toContain(problem);
  });
});

describeWithSshd('a key as OpenSSH writes it', () => {
  it.each(['', 'open sesame'])('is known for locked or not: %j', (passphrase) => {
    using folder = temporaryFolder();
    makeKey(join(folder.path, 'id'), { passphrase });
    const readFile = (path: string): string => (path.startsWith(folder.path) ? readFileSync(path, 'utf8') : '');
    const environment = { ...ON, SSH_KEY_PATH: join(folder.path, 'id') };
    const given = (SSH_PASSPHRASE: string) =>
      loadConfig({ environment: { ...environment, SSH_PASSPHRASE }, readFile, cwd: '/' }).ssh;
    if (passphrase === '') expect(given('')?.passphrase).toBeUndefined();
    else expect(() => given('')).toThrow('wanted SSH_PASSPHRASE beside it');
    expect(given('open sesame')?.passphrase).toBe('open sesame');
  });
});
