import ssh2, { type ParsedKey } from 'ssh2';

/** A private key that is ready for use. */
export type SshKey = ParsedKey;

/**
 * Reads a private key in OpenSSH's, PEM's or PuTTY's form. To unlock one holds up the process for as long as it was meant
 * to take, so it is done once. Throws an Error with nothing of the key for one that cannot be used.
 */
export function parsePrivateKey(text: string, passphrase: string | undefined): SshKey {
  const parsed = ssh2.utils.parseKey(text, passphrase);
  if (parsed instanceof Error) throw new Error(parsed.message);
  // OpenSSH's form could hold several.
  const [key] = [parsed].flat();
  if (key?.isPrivateKey() !== true) throw new Error('it is no private key');
  return key;
}
