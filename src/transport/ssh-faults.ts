const REASON_CHARACTERS = 300;

/** RFC 4254, section 5.1. */
const REFUSALS: Readonly<Record<number, string>> = {
  1: 'the SSH server does not allow it',
  2: 'the SSH server cannot connect to it',
  3: 'the SSH server does not know how',
  4: 'the SSH server has no room for it',
};

/** Why an SSH server opened no channel, by the error of ssh2. */
export function describeRefusal(error: Error): Error {
  const reason = 'reason' in error ? Number(error.reason) : 0;
  return new Error(REFUSALS[reason] ?? 'the SSH server ended it', { cause: error });
}

/** What went wrong with an SSH connection, by the error of ssh2; without addresses, and short. */
export function describeFault(error: unknown): Error {
  const level = error instanceof Error && 'level' in error ? error.level : undefined;
  if (level === 'client-authentication') return new Error('the SSH server refused user and key', { cause: error });
  if (level === 'client-socket') return new Error(`the connection broke (${codeOf(error)})`, { cause: error });
  const message = error instanceof Error ? error.message : String(error);
  const text = message.replaceAll(/[^\x20-\x7e]+/g, ' ').slice(0, REASON_CHARACTERS);
  return new Error(`the SSH connection failed: ${text}`, { cause: error });
}

/** Why there is no connection of TCP. */
export function describeDialFault(error: unknown): Error {
  return new Error(`no connection (${codeOf(error)})`, { cause: error });
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'no reason given';
}
