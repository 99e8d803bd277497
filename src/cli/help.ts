import type { ConfigurationKey } from '../config.ts';

const USAGE = `Usage: deskgraph [command]

Commands:
  serve                          start the server (default)
  import qifi FILE [--source history|realtime]
                                 take QIFI documents into the embedded store, or into the MongoDB of MONGO_URL:
                                 a JSON array, JSON lines, or what mongoexport writes
  restore-account NAME [--source history|realtime] [--replace]
                                 bring back what dropAccounts deleted at most 7 days ago; --replace drops
                                 what the account has by now
  doctor [--json]                look, without changing anything, at what a server would use: configuration, data
                                 folder, stores, MongoDB with its indexes and documents; exit code 1 if one is at fault
  replay FILE --venue okx --port PORT [--speed NUMBER] [--loop]
                                 serve a recorded session on this machine as the venue that it was recorded at
  schema [--write]               print the public schema, or write it to schema/schema.graphql
  help, --help                   this text
  --version                      the version

Environment:`;

/** The text of \`deskgraph --help\`. */
export function helpText(keys: readonly ConfigurationKey[]): string {
  const width = Math.max(...keys.map(({ name }) => name.length));
  const lines = keys.map(({ name, description, default: preset }) => {
    return `  ${name.padEnd(width)}  ${description}${preset === undefined ? '' : ` (${preset})`}`;
  });
  return `${USAGE}\n${lines.join('\n')}\n\nNAME_FILE reads a secret from the file that it names.\n`;
}
