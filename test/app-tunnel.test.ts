import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { SYSTEM_CLOCK } from '../src/async/clock.ts';
import { createHttpClient } from '../src/transport/http-client.ts';
import { openThroughProxy } from '../src/transport/http-proxy.ts';
import { startDeskgraph, type TestDeskgraph } from './support/deskgraph.ts';
import { freePort } from './support/free-port.ts';
import { replying, startHttpServer } from './support/http-server.ts';
import { runNode } from './support/process.ts';
import { describeWithSshd, type Sshd, startSshd } from './support/sshd.ts';

const NEVER = new AbortController().signal;

/** With known_hosts of its own, in which the server is, unless the text says otherwise. */
function environmentFor(sshd: Sshd, knownHosts = sshd.knownHost(`[127.0.0.1]:${sshd.port}`)): Record<string, string> {
  const path = join(sshd.folder, 'known_hosts');
  writeFileSync(path, knownHosts);
  return {
    SSH_ENABLED: '1',
    SSH_HOST: '127.0.0.1',
    SSH_PORT: String(sshd.port),
    SSH_USERNAME: sshd.login.username,
    SSH_KEY_PATH: sshd.keyPath,
    SSH_KNOWN_HOSTS: path,
  };
}

interface Told {
  readonly tunnel: string;
  readonly tunnelError: string | null;
}

async function infoOf(server: TestDeskgraph): Promise<Told> {
  return (await server.ask('{ serverInfo { tunnel tunnelError } }')).data.serverInfo;
}

async function infoWhen(server: TestDeskgraph, fits: (told: Told) => boolean): Promise<Told> {
  for (;;) {
    const told = await infoOf(server);
    if (fits(told)) return told;
  }
}

async function health({ url }: TestDeskgraph): Promise<[number, unknown]> {
  const response = await fetch(`${url}/health/ready`);
  return [response.status, (await response.json()).dependencies.tunnel];
}

describeWithSshd('a server with an SSH tunnel', () => {
  it('tells that it is up, down and why, and up again, and is ready all the time', async () => {
    await using sshd = await startSshd();
    const server = await startDeskgraph({ environment: environmentFor(sshd) });
    try {
      await infoWhen(server, ({ tunnel }) => tunnel === 'UP');
      expect(await infoOf(server)).toEqual({ tunnel: 'UP', tunnelError: null });
      expect(await health(server)).toEqual([200, 'up']);
      await sshd.kill();
      const { tunnelError } = await infoWhen(server, ({ tunnel }) => tunnel === 'DOWN');
      expect(tunnelError).toMatch(
        /^(the SSH server closed the connection|(the connection broke|no connection) \(E[A-Z]+\))$/,
      );
      expect(await health(server)).toEqual([200, 'down']);
      await sshd.restart();
      await infoWhen(server, ({ tunnel }) => tunnel === 'UP');
      expect(await health(server)).toEqual([200, 'up']);
      expect(server.complaints.map(({ message }) => message)).toContain('the SSH tunnel is down');
    } finally {
      await server.close();
    }
  });

  it('starts without a tunnel to a host that is not known, and says so without any path or key', async () => {
    await using sshd = await startSshd();
    const server = await startDeskgraph({ environment: environmentFor(sshd, '# nobody\n') });
    try {
      const { tunnelError } = await infoWhen(server, (told) => told.tunnelError !== null);
      expect(tunnelError).toBe(
        `the host key is unknown: received ssh-ed25519 ${sshd.fingerprint()}, wanted one of known_hosts`,
      );
      expect(await health(server)).toEqual([200, 'down']);
      expect(JSON.stringify(server.complaints)).not.toContain(sshd.folder);
      expect(sshd.printed()).not.toContain('Accepted');
    } finally {
      await server.close();
    }
  });

  it('takes the fingerprint that ssh-keygen prints, and opens the port that other programs use', async () => {
    await using sshd = await startSshd();
    await using target = await startHttpServer(replying('through'));
    const localPort = await freePort();
    const { SSH_KNOWN_HOSTS: _, ...environment } = environmentFor(sshd);
    const server = await startDeskgraph({
      environment: {
        ...environment,
        SSH_HOST_FINGERPRINT: sshd.fingerprint(),
        SSH_LOCAL_PORT: String(localPort),
      },
    });
    const open = openThroughProxy(`socks5://127.0.0.1:${localPort}`);
    try {
      const client = createHttpClient({ clock: SYSTEM_CLOCK, random: Math.random, open });
      const { bytes } = await client.get({ url: new URL(target.url), signal: NEVER });
      expect(Buffer.from(bytes).toString()).toBe('through');
      await client.close();
    } finally {
      await server.close();
    }
    await expect(open({ hostname: '127.0.0.1', port: 1 }, NEVER)).rejects.toThrow('ECONNREFUSED');
  });

  it('does not start with a key that is none, and gives back what it has opened', async () => {
    await using sshd = await startSshd();
    const environment = environmentFor(sshd);
    writeFileSync(sshd.keyPath, '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n');
    const starting = startDeskgraph({ environment: { ...environment, SSH_PASSPHRASE: 'open sesame' } });
    await expect(starting).rejects.toThrow(/^SSH_KEY_PATH: received a key that cannot be used \(/);
  });
});

describe('a server without an SSH tunnel', () => {
  it('says so, and health says nothing of it', async () => {
    const server = await startDeskgraph();
    try {
      expect(await infoOf(server)).toEqual({ tunnel: 'DISABLED', tunnelError: null });
      expect(await health(server)).toEqual([200, undefined]);
    } finally {
      await server.close();
    }
  });

  it.each([
    ['app.ts', false],
    ['transport/ssh-tunnel.ts', true],
  ])('does not load ssh2: with %s it is loaded: %s', async (path, isLoaded) => {
    const module = pathToFileURL(join(import.meta.dirname, '../src', path)).href;
    const script = `await import('${module}');
      const { createRequire } = await import('node:module');
      const loaded = Object.keys(createRequire('${module}').cache);
      process.stdout.write(String(loaded.some((each) => each.includes('/ssh2/'))));`;
    const { stdout, stderr } = await runNode(['--input-type=module', '--eval', script], { cwd: '.' }).finished;
    expect([stdout, stderr]).toEqual([String(isLoaded), '']);
  });
});
