import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { trustKnownHosts } from '../../src/transport/host-key.ts';
import { knownKeysOf } from '../../src/transport/known-hosts.ts';
import { describeWithSshd } from '../support/sshd.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const HOST = { host: 'bastion.example.com', port: 22 };

/** A key as RFC 4253 encodes it; what it holds besides its type is of no matter here. */
function keyOf(type: string, content = 'a'): string {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(type.length);
  return Buffer.concat([length, Buffer.from(type + content)]).toString('base64');
}

const KEY = keyOf('ssh-ed25519');

function isKnown(names: string, host: { host: string; port: number } = HOST): boolean {
  return knownKeysOf(`${names} ssh-ed25519 ${KEY} a comment\n`, host).length === 1;
}

describe('a line of known_hosts', () => {
  it.each([
    'bastion.example.com',
    'BASTION.Example.com',
    'other,bastion.example.com',
    'bastion.example.com,10.0.0.1',
    '*.example.com',
    'bastio?.example.com',
    '*',
    '!other.example.com,*.example.com',
  ])('names the host by %s', (names) => {
    expect(isKnown(names)).toBe(true);
  });

  it.each([
    'example.com',
    'bastion-example.com',
    'bastionXexample.com',
    'other,another',
    '*.example.org',
    'bastion?.example.com',
    '!bastion.example.com,*.example.com',
    '!*.example.com,bastion.example.com',
    '[bastion.example.com]:2222',
    '[bastion.example.com]:22',
    '#bastion.example.com',
    '|1|c2FsdA==|AAAAAAAAAAAAAAAAAAAAAAAAAAA=',
    '|2|c2FsdA==|AAAAAAAAAAAAAAAAAAAAAAAAAAA=',
    '|1|',
  ])('does not name the host by %s', (names) => {
    expect(isKnown(names)).toBe(false);
  });

  it('names a host at another port only together with the port', () => {
    const at = { host: 'bastion.example.com', port: 2222 };
    expect(isKnown('[bastion.example.com]:2222', at)).toBe(true);
    expect(isKnown('[*.example.com]:2222', at)).toBe(true);
    for (const names of ['bastion.example.com', '[bastion.example.com]:2223', '*.example.com']) {
      expect(isKnown(names, at)).toBe(false);
    }
  });

  it.each([
    '',
    '# a comment',
    'bastion.example.com',
    'bastion.example.com ssh-ed25519',
    'bastion.example.com ssh-ed25519 ???',
    `bastion.example.com ssh-rsa ${KEY}`,
    `bastion.example.com 2048 65537 1234567890`,
    `@cert-authority bastion.example.com ssh-ed25519 ${KEY}`,
    `@unheard-of bastion.example.com ssh-ed25519 ${KEY}`,
    `@revoked`,
  ])('that is no key of a host is passed over: %s', (line) => {
    const text = `${line}\r\nbastion.example.com ssh-ed25519 ${KEY}\r\n`;
    expect(knownKeysOf(text, HOST)).toEqual([{ type: 'ssh-ed25519', base64: KEY, isRevoked: false }]);
  });

  it('may revoke a key', () => {
    expect(knownKeysOf(`@revoked * ssh-ed25519 ${KEY}`, HOST)).toEqual([
      { type: 'ssh-ed25519', base64: KEY, isRevoked: true },
    ]);
  });

  it('that holds anything else is read without an error', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => Array.isArray(knownKeysOf(text, HOST))));
  });
});

describe('the trust in host keys', () => {
  const key = (type: string, content?: string): Buffer => Buffer.from(keyOf(type, content), 'base64');

  it('asks first for the kinds that are known, and never for signatures with SHA-1', () => {
    const text = `bastion.example.com ssh-rsa ${keyOf('ssh-rsa')}\n`;
    const { algorithms } = trustKnownHosts(text, HOST);
    expect(algorithms.slice(0, 3)).toEqual(['rsa-sha2-512', 'rsa-sha2-256', 'ssh-ed25519']);
    expect(algorithms).not.toContain('ssh-rsa');
  });

  it('is in every known key that is not revoked, and in no other', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((content) => keyOf('ssh-ed25519', content));
    const lines = [`* ssh-ed25519 ${a}`, `* ssh-ed25519 ${b}`, `@revoked * ssh-ed25519 ${b}`];
    const trust = trustKnownHosts(lines.join('\n'), HOST);
    expect(trust.objectionTo(Buffer.from(a ?? '', 'base64'))).toBeUndefined();
    expect(trust.objectionTo(Buffer.from(b ?? '', 'base64'))).toContain('is revoked');
    expect(trust.objectionTo(Buffer.from(c ?? '', 'base64'))).toContain('has changed or is another one');
  });

  it('is in nothing when nothing is known, whatever is shown', () => {
    const trust = trustKnownHosts('', HOST);
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(trust.objectionTo(Buffer.from(bytes))).toMatch(
          /^the host key is unknown: received [\w@. -]+ SHA256:\S+, /,
        );
      }),
    );
    expect(trust.objectionTo(key('ssh-ed25519'))).toContain('received ssh-ed25519 SHA256:');
  });
});

describeWithSshd('known_hosts as OpenSSH writes it', () => {
  it('is understood when its names are hashed', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'known_hosts');
    const other = keyOf('ssh-ed25519', 'other');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder.path, 'host')]);
    const [type, base64 = ''] = readFileSync(join(folder.path, 'host.pub'), 'utf8').split(' ');
    writeFileSync(path, `bastion.example.com,[10.0.0.1]:2222 ${type} ${base64}\nelsewhere ssh-ed25519 ${other}\n`);
    execFileSync('ssh-keygen', ['-q', '-H', '-f', path], { stdio: 'ignore' });
    const hashed = readFileSync(path, 'utf8');
    expect(hashed).not.toContain('bastion');
    const wanted = [{ type: 'ssh-ed25519', base64, isRevoked: false }];
    expect(knownKeysOf(hashed, HOST)).toEqual(wanted);
    expect(knownKeysOf(hashed, { host: '10.0.0.1', port: 2222 })).toEqual(wanted);
    expect(knownKeysOf(hashed, { host: '10.0.0.1', port: 22 })).toEqual([]);
  });
});
