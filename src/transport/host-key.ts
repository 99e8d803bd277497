import { createHash } from 'node:crypto';
import { type KnownHost, knownKeysOf } from './known-hosts.ts';

/** Decides which key of an SSH server is trusted. Nothing is ever trusted because it came first. */
export interface HostKeyTrust {
  /** What the server is asked to show, preferred ones first. */
  readonly algorithms: readonly HostKeyAlgorithm[];
  /** Why the key that was shown (RFC 4253, section 6.6) is not to be trusted; undefined: it is. */
  objectionTo(key: Buffer): string | undefined;
}

export type HostKeyAlgorithm = (typeof ALGORITHMS)[number];

/** Without those that sign with SHA-1. */
const ALGORITHMS = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'ecdsa-sha2-nistp384',
  'ecdsa-sha2-nistp521',
  'rsa-sha2-512',
  'rsa-sha2-256',
] as const;

/** Trusts the key with this fingerprint, written as `ssh-keygen -l` does: `SHA256:` and 43 signs of base64. */
export function trustFingerprint(fingerprint: string): HostKeyTrust {
  return {
    algorithms: ALGORITHMS,
    objectionTo: (key) =>
      fingerprintOf(key) === fingerprint
        ? undefined
        : `the host key has changed or is another one: received ${described(key)}, wanted ${fingerprint}`,
  };
}

/** Trusts the keys that the text of a known_hosts file has for the host, and asks for those first. */
export function trustKnownHosts(text: string, host: KnownHost): HostKeyTrust {
  const all = knownKeysOf(text, host);
  const known = all.filter(({ isRevoked }) => !isRevoked);
  const revoked = new Set(all.filter(({ isRevoked }) => isRevoked).map(({ base64 }) => base64));
  const types = new Set(known.map(({ type }) => type));
  const isKnownType = (algorithm: HostKeyAlgorithm): boolean =>
    types.has(algorithm.startsWith('rsa-') ? 'ssh-rsa' : algorithm);
  return {
    // Those of other types too: a key that cannot be trusted tells more than none.
    algorithms: [...ALGORITHMS.filter(isKnownType), ...ALGORITHMS.filter((each) => !isKnownType(each))],
    objectionTo: (key) => {
      const base64 = key.toString('base64');
      if (revoked.has(base64)) return `the host key is revoked in known_hosts: received ${described(key)}`;
      if (known.some((each) => each.base64 === base64)) return undefined;
      if (known.length === 0) return `the host key is unknown: received ${described(key)}, wanted one of known_hosts`;
      const wanted = known.map((each) => described(Buffer.from(each.base64, 'base64'))).join(' or ');
      return `the host key has changed or is another one: received ${described(key)}, wanted ${wanted}`;
    },
  };
}

function described(key: Buffer): string {
  const length = key.length >= 4 ? key.readUInt32BE() : 0;
  const type = key.toString('latin1', 4, 4 + Math.min(length, 64));
  return `${/^[\w@.-]+$/.test(type) ? type : 'a key'} ${fingerprintOf(key)}`;
}

function fingerprintOf(key: Buffer): string {
  return `SHA256:${createHash('sha256').update(key).digest('base64').replace(/=+$/, '')}`;
}
