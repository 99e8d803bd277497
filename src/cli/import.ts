import { statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { SYSTEM_CLOCK } from '../async/clock.ts';
import type { Config } from '../config.ts';
import type { AccountSource } from '../domain/account.ts';
import { sourceNamed } from './account-sources.ts';
import { counting } from './counting.ts';
import { ImportDisplay } from './import-display.ts';
import { type ImportReport, ImportStopped, importQifi } from './import-qifi.ts';
import { openImportTarget } from './import-target.ts';

export interface ImportArguments {
  readonly path: string;
  readonly source: AccountSource;
}

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
    const source = sourceNamed(values.source);
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
 * Imports into the deployment of MONGO_URL, or the embedded store of the data folder, and prints what became of the
 * file; each refused document is named on stderr when it comes. Answers the exit code. Fails with an Error when the
 * deployment is away.
 */
export async function runImport({ path, source }: ImportArguments, config: Config): Promise<number> {
  const file = statSync(path, { throwIfNoEntry: false });
  if (!file?.isFile()) {
    process.stderr.write(`deskgraph: ${path} is no file\n`);
    return 1;
  }
  await using target = await openImportTarget(config);
  const display = new ImportDisplay({ stream: process.stderr, sizeBytes: file.size, clock: SYSTEM_CLOCK });
  try {
    const { refusalOf } = target;
    const imported = importQifi({ path, source, writer: target, listener: display, refusalOf });
    const report = await imported.finally(() => display.close());
    process.stdout.write(`${describe(report)}${target.afterword()}`);
    return report.refused > 0 ? 1 : 0;
  } catch (error) {
    if (!(error instanceof ImportStopped)) throw error;
    process.stderr.write(describeStop(path, error));
    return 1;
  }
}

function describeStop(path: string, { message, documents, line }: ImportStopped): string {
  const taken =
    documents === 0
      ? 'No document is known to have been taken, though some may have been.'
      : `${counting(documents, 'document')} taken before that, the last of line ${line}, and perhaps some behind it.`;
  return `deskgraph: ${message}\n${taken} Import ${path} again: that does no harm.\n`;
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
