import { existsSync, mkdirSync, statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { SYSTEM_CLOCK } from '../async/clock.ts';
import type { Config } from '../config.ts';
import type { AccountSource } from '../domain/account.ts';
import type { AccountWriter } from '../store/accounts.ts';
import { accountStorePath } from '../store/sqlite/paths.ts';
import { openSqliteAccountStore, type SqliteAccountStore } from '../store/sqlite/sqlite-account-store.ts';
import { ImportDisplay } from './import-display.ts';
import { type ImportReport, importQifi } from './import-qifi.ts';

/** A server may be dropping accounts meanwhile, which takes seconds; nobody else waits for this process. */
const BUSY_TIMEOUT_MS = 120_000;

export interface ImportArguments {
  readonly path: string;
  readonly source: AccountSource;
}

const SOURCES: Readonly<Record<string, AccountSource>> = { history: 'HISTORY', realtime: 'REALTIME' };

/** The arguments after `import`, or what is wrong with them. */
export function parseImportArguments(args: readonly string[]): ImportArguments | string {
  const usage = 'wanted import qifi FILE [--source history|realtime]';
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { source: { type: 'string', default: 'history' } },
      allowPositionals: true,
    });
    const [what, path, extra] = positionals;
    const source = Object.hasOwn(SOURCES, values.source) ? SOURCES[values.source] : undefined;
    if (source === undefined) return `received --source ${JSON.stringify(values.source)}, ${usage}`;
    if (what !== 'qifi' || path === undefined || extra !== undefined) {
      return `received import ${JSON.stringify(positionals.join(' '))}, ${usage}`;
    }
    return { path, source };
  } catch (error) {
    return `${error instanceof Error ? error.message : error}, ${usage}`;
  }
}

/**
 * Imports into the embedded store of the data folder and prints what became of the file; each refused document is named
 * on stderr when it comes. Answers the exit code.
 */
export async function runImport({ path, source }: ImportArguments, config: Config): Promise<number> {
  const file = statSync(path, { throwIfNoEntry: false });
  if (!file?.isFile()) {
    process.stderr.write(`deskgraph: ${path} is no file\n`);
    return 1;
  }
  const storePath = accountStorePath(config.dataFolder);
  const isFirst = !existsSync(storePath);
  let store: SqliteAccountStore | undefined;
  const openStore = (): SqliteAccountStore => {
    mkdirSync(config.dataFolder, { recursive: true });
    return openSqliteAccountStore({ path: storePath, busyTimeoutMs: BUSY_TIMEOUT_MS });
  };
  const display = new ImportDisplay({ stream: process.stderr, sizeBytes: file.size, clock: SYSTEM_CLOCK });
  try {
    // Opened with the first document, so that a file without any leaves the simulated data on.
    const writeDocuments: AccountWriter['writeDocuments'] = (documents) => {
      store ??= openStore();
      return store.writeDocuments(documents);
    };
    const imported = importQifi({ path, source, writer: { writeDocuments }, listener: display });
    const report = await imported.finally(() => display.close());
    process.stdout.write(describe(report));
    if (isFirst && store !== undefined && config.demo === 'AUTO') {
      process.stdout.write('the simulated data is off from the next start on; DEMO=1 turns it on again\n');
    }
    return report.refused > 0 ? 1 : 0;
  } finally {
    store?.close();
  }
}

function describe({ documents, accounts, skipped, refused, issues, issueNotes }: ImportReport): string {
  const counted = [
    `${counting(documents, 'document')} of ${counting(accounts, 'account')} taken`,
    `${skipped} without a trading day skipped`,
    `${refused} refused`,
    `${counting(issues, 'figure')} left out`,
  ];
  const lines = issueNotes.map(({ line, text }) => `  line ${line}: ${text}\n`);
  return `${counted.join(', ')}\n${lines.join('')}`;
}

function counting(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
