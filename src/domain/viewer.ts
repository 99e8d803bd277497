import { CodedError } from './errors.ts';

/** What a caller may do. Roles are a set; ADMIN implies all others. */
export const ROLES = ['VIEWER', 'TRADER', 'OPERATOR', 'ADMIN'] as const;
export type Role = (typeof ROLES)[number];

/** Who asks. Every read and every stream is decided against one. */
export interface Viewer {
  readonly subject: string;
  readonly roles: readonly Role[];
  /** Account names, `*` standing for any run of characters. */
  readonly accountPatterns: readonly string[];
  /** Milliseconds since the epoch; undefined: does not end. */
  readonly expiresAt: number | undefined;
}

/** The caller of a server that has no access control and therefore answers on loopback only. */
export const LOCAL_VIEWER: Viewer = {
  subject: 'local',
  roles: ['ADMIN'],
  accountPatterns: ['*'],
  expiresAt: undefined,
};

export function hasRole(viewer: Viewer, role: Role): boolean {
  return viewer.roles.includes(role) || viewer.roles.includes('ADMIN');
}

/** Fails with FORBIDDEN for who has not the role. `doing` names what needs it, as a gerund. */
export function requireRole(viewer: Viewer, role: Role, doing: string): void {
  if (!hasRole(viewer, role)) throw new CodedError('FORBIDDEN', `${doing} needs the role ${role}`);
}

/** Whether the account is the viewer's to see. What is not looks exactly like what does not exist. */
export function ownsAccount(viewer: Viewer, accountCookie: string): boolean {
  return viewer.accountPatterns.some((pattern) => matchesPattern(pattern, accountCookie));
}

/** Whether no account is hidden from the viewer. */
export function ownsEveryAccount({ accountPatterns }: Viewer): boolean {
  return accountPatterns.includes('*');
}

/** Matches greedily with one remembered `*`, so that no pattern costs more than pattern length times text length. */
function matchesPattern(pattern: string, text: string): boolean {
  let at = 0;
  let inPattern = 0;
  let star = -1;
  let resumeAt = 0;
  while (at < text.length) {
    if (pattern[inPattern] === '*') {
      star = inPattern++;
      resumeAt = at;
    } else if (inPattern < pattern.length && pattern[inPattern] === text[at]) {
      inPattern++;
      at++;
    } else if (star >= 0) {
      inPattern = star + 1;
      at = ++resumeAt;
    } else {
      return false;
    }
  }
  while (pattern[inPattern] === '*') inPattern++;
  return inPattern === pattern.length;
}
