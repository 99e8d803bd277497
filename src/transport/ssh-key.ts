import { createPrivateKey } from 'node:crypto';
import ssh2, { type ParsedKey } from 'ssh2';

/** A private key that is ready for use. */
export type SshKey = ParsedKey;

/**
 * Reads a private key in OpenSSH's, PEM's (PKCS #8 included, of RSA and ECDSA) or PuTTY's form. To unlock one holds up the
 * process for as long as it was meant to take, so it is done once. Throws an Error with nothing of the key for one that
 * cannot be used.
 */
export function parsePrivateKey(text: string, passphrase: string | undefined): SshKey {
  const isPkcs8 = /^-----BEGIN (ENCRYPTED )?PRIVATE KEY-----/.test(text);
  const parsed = ssh2.utils.parseKey(isPkcs8 ? withoutPkcs8(text, passphrase) : text, passphrase);
  if (parsed instanceof Error) throw new Error(parsed.message);
  // OpenSSH's form could hold several.
  const [key] = [parsed].flat();
  if (key?.isPrivateKey() !== true) throw new Error('it is no private key');
  return key;
}

/** The older form of PEM, which ssh2 knows. */
function withoutPkcs8(text: string, passphrase: string | undefined): string {
  const key = createPrivateKey({ key: text, ...(passphrase === undefined ? {} : { passphrase }) });
  const type = key.asymmetricKeyType === 'rsa' ? 'pkcs1' : 'sec1';
  return key.export({ type, format: 'pem' }).toString();
}
