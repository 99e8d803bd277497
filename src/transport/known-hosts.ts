import { createHmac } from 'node:crypto';

/** A host key that a known_hosts file has for a host. */
export interface KnownKey {
  /** As `ssh-ed25519`. */
  readonly type: string;
  /** The key as it stands in the file: base64 of its encoding by RFC 4253, section 6.6. */
  readonly base64: string;
  /** Marked @revoked: never to be trusted. */
  readonly isRevoked: boolean;
}

export interface KnownHost {
  readonly host: string;
  readonly port: number;
}

const DEFAULT_PORT = 22;

/**
 * The keys of a host by the text of a known_hosts file, sshd(8): names, lists of names, wildcards, negations, hashed
 * names, and `[host]:port` for any port but 22. Lines of certificate authorities, and those that cannot be read, are
 * passed over: what is not known is not trusted.
 */
export function knownKeysOf(text: string, { host, port }: KnownHost): readonly KnownKey[] {
  const name = port === DEFAULT_PORT ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
  return text.split('\n').flatMap((line) => {
    const known = parseLine(line);
    return known !== undefined && isNamed(name, known.names) ? [known.key] : [];
  });
}

function parseLine(line: string): { readonly names: string; readonly key: KnownKey } | undefined {
  const fields = line.trim().split(/\s+/);
  const marker = fields[0]?.startsWith('@') ? fields.shift() : undefined;
  if (marker !== undefined && marker !== '@revoked') return undefined;
  const [names = '', type = '', base64 = ''] = fields;
  if (names.startsWith('#') || !isOfType(base64, type)) return undefined;
  return { names, key: { type, base64, isRevoked: marker === '@revoked' } };
}

/** The encoding of a key begins with its type. */
function isOfType(base64: string, type: string): boolean {
  const bytes = Buffer.from(base64, 'base64');
  if (type === '' || bytes.length < 4 + type.length || bytes.toString('base64') !== base64) return false;
  return bytes.readUInt32BE() === type.length && bytes.toString('latin1', 4, 4 + type.length) === type;
}

function isNamed(name: string, names: string): boolean {
  if (names.startsWith('|')) return isHashOf(name, names);
  const patterns = names.toLowerCase().split(',');
  const isExcluded = patterns.some((pattern) => pattern.startsWith('!') && fits(name, pattern.slice(1)));
  return !isExcluded && patterns.some((pattern) => fits(name, pattern));
}

/** `|1|salt|hash`: HMAC-SHA1 of the name, its key the salt. */
function isHashOf(name: string, hashed: string): boolean {
  const [, version, salt = '', hash = ''] = hashed.split('|');
  if (version !== '1' || salt === '' || hash === '') return false;
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}

function fits(name: string, pattern: string): boolean {
  const source = pattern.replaceAll(/[^\w]/g, (sign) => ({ '*': '.*', '?': '.' })[sign] ?? `\\${sign}`);
  return new RegExp(`^${source}$`, 's').test(name);
}
