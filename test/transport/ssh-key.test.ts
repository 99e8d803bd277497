import { execFileSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parsePrivateKey } from '../../src/transport/ssh-key.ts';
import { describeWithSshd } from '../support/sshd.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FORMS = [
  ['ed25519', 'RFC4716', 'OPENSSH'],
  ['rsa', 'RFC4716', 'OPENSSH'],
  ['rsa', 'PEM', 'RSA'],
  ['rsa', 'PKCS8', ''],
  ['ecdsa', 'PEM', 'EC'],
  ['ecdsa', 'PKCS8', ''],
] as const;

describeWithSshd('a private key as ssh-keygen writes it', () => {
  it.each(FORMS)('is read: %s in the form %s', (type, form, head) => {
    using folder = temporaryFolder();
    for (const passphrase of ['', 'open sesame']) {
      const path = join(folder.path, passphrase === '' ? 'open' : 'locked');
      execFileSync('ssh-keygen', ['-q', '-t', type, '-m', form, '-N', passphrase, '-f', path]);
      const text = readFileSync(path, 'utf8');
      expect(text).toMatch(new RegExp(`^-----BEGIN (ENCRYPTED )?${head === '' ? '' : `${head} `}PRIVATE KEY-----`));
      const key = parsePrivateKey(text, passphrase === '' ? undefined : passphrase);
      expect(key.getPublicSSH().toString('base64')).toBe(readFileSync(`${path}.pub`, 'utf8').split(' ')[1]);
      if (passphrase !== '') expect(() => parsePrivateKey(text, 'wrong words')).toThrow(/^(?!.*wrong words)/);
    }
  });

  it('is refused when it is public, or of a kind that SSH does not have', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'user');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path]);
    expect(() => parsePrivateKey(readFileSync(`${path}.pub`, 'utf8'), undefined)).toThrow('it is no private key');
    const { privateKey } = generateKeyPairSync('x25519');
    const text = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    expect(() => parsePrivateKey(text, undefined)).toThrow();
    expect(() => parsePrivateKey('', undefined)).toThrow('Unsupported key format');
  });
});
