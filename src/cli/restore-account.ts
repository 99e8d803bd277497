import { parseArgs } from 'node:util';
import { quoted } from '../domain/errors.ts';
import type { RestoreOutcome } from '../store/account-drops.ts';
import type { AccountKey } from '../store/accounts.ts';
import { sourceNamed } from './account-sources.ts';
import { counting } from './counting.ts';
import { type RestoreConfig, restoreWhere } from './restore-target.ts';

export interface RestoreArguments extends AccountKey {
  /** Whether what the account has by now gives way. */
  readonly replace: boolean;
}

export interface RestoreOptions {
  readonly config: RestoreConfig;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** The arguments after `restore-account`, or what is wrong with them. */
export function parseRestoreArguments(args: readonly string[]): RestoreArguments | string {
  const usage = 'wanted restore-account NAME [--source history|realtime] [--replace]';
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { source: { type: 'string', default: 'history' }, replace: { type: 'boolean', default: false } },
      allowPositionals: true,
    });
    const [accountCookie, extra] = positionals;
    const source = sourceNamed(values.source);
    if (source === undefined) return `received --source ${JSON.stringify(values.source)}, ${usage}`;
    if (accountCookie === undefined || extra !== undefined) {
      return `received restore-account ${JSON.stringify(positionals.join(' '))}, ${usage}`;
    }
    return { accountCookie, source, replace: values.replace };
  } catch (error) {
    return `${error instanceof Error ? error.message : error}, ${usage}`;
  }
}

/**
 * Brings an account back as the latest drop found it, and prints what became of that. Answers the exit code. Fails with
 * an Error, as `restoreWhere` does.
 */
export async function runRestoreAccount(asked: RestoreArguments, { config, now }: RestoreOptions): Promise<number> {
  const outcome = await restoreWhere(config, { ...asked, requestedBy: 'restore-account', requestedAt: now });
  const { text, exitCode } = describe(asked, outcome);
  (exitCode === 0 ? process.stdout : process.stderr).write(text);
  return exitCode;
}

function describe(
  { accountCookie, source }: RestoreArguments,
  outcome: RestoreOutcome,
): { text: string; exitCode: number } {
  const account = `the account ${quoted(accountCookie)} (${source.toLowerCase()})`;
  if (outcome.kind === 'NO_COPY') return { text: `deskgraph: there is no copy of ${account}\n`, exitCode: 1 };
  if (outcome.kind === 'OCCUPIED') {
    const found = `${account} has ${counting(outcome.documents, 'document')} again`;
    return { text: `deskgraph: ${found}; --replace drops them and brings the copy back\n`, exitCode: 1 };
  }
  const droppedAt = new Date(outcome.droppedAt).toISOString();
  return {
    text: `${counting(outcome.documents, 'document')} of ${account} brought back, as dropped at ${droppedAt}\n`,
    exitCode: 0,
  };
}
