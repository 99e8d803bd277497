#!/usr/bin/env node
import { readFileSync, statSync } from 'node:fs';
import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Config, ConfigInput } from './config.ts';
import type { Logger } from './logger.ts';

enableCompileCache();

/** Exit codes: 0 done, 1 failed or something was refused, 2 wrong arguments or configuration. */
const FAILED = 1;
const MISUSED = 2;

const MAX_FILE_BYTES = 2 ** 20;

type Command = (args: readonly string[]) => Promise<number>;

const COMMANDS: Readonly<Record<string, Command>> = {
  serve,
  import: importFile,
  'restore-account': restoreAccount,
  doctor,
  replay,
  schema,
  help,
  '--help': help,
  '-h': help,
  '--version': version,
};

// Who reads what is printed may leave; that is no reason to stop, and must not be told to them again and again.
for (const output of [process.stdout, process.stderr]) output.on('error', () => {});

const [name = 'serve', ...args] = process.argv.slice(2);
const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
process.exitCode = await (command === undefined
  ? misused(`received the command ${JSON.stringify(name)}`)
  : command(args).catch(failed));

async function serve(args: readonly string[]): Promise<number> {
  if (args.length > 0) return misused(`serve takes no arguments, received ${JSON.stringify(args[0])}`);
  const config = await configuration();
  if (config === undefined) return MISUSED;
  const [{ startApp }, { createLogger }] = await Promise.all([import('./app.ts'), import('./logger.ts')]);
  const logger = createLogger({ level: config.logLevel });
  const app = await startApp(config, { logger });
  process.stdout.write(app.greeting);
  return untilStopped(app, logger);
}

/** Waits for a signal, or for a fault that nothing caught, and closes what runs. A second signal ends the process at once. */
async function untilStopped(app: { close(): Promise<void> }, logger: Logger): Promise<number> {
  const exitCode = await new Promise<number>((resolve) => {
    const stop = (): void => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(FAILED));
      resolve(0);
    };
    const fail = (error: unknown): void => {
      logger.error({ error }, 'a fault that nothing caught; stopping');
      resolve(FAILED);
    };
    process.once('SIGINT', stop).once('SIGTERM', stop);
    process.on('uncaughtException', fail).on('unhandledRejection', fail);
  });
  // What closes may wait for timers that keep no process alive.
  const holding = setInterval(() => {}, 1_000);
  await app.close().finally(() => clearInterval(holding));
  return exitCode;
}

async function importFile(args: readonly string[]): Promise<number> {
  const { parseImportArguments, runImport } = await import('./cli/import.ts');
  const parsed = parseImportArguments(args);
  if (typeof parsed === 'string') return misused(parsed);
  const config = await configuration();
  return config === undefined ? MISUSED : runImport(parsed, config);
}

async function restoreAccount(args: readonly string[]): Promise<number> {
  const { parseRestoreArguments, runRestoreAccount } = await import('./cli/restore-account.ts');
  const parsed = parseRestoreArguments(args);
  if (typeof parsed === 'string') return misused(parsed);
  const config = await configuration();
  return config === undefined ? MISUSED : runRestoreAccount(parsed, { config, now: Date.now() });
}

async function doctor(args: readonly string[]): Promise<number> {
  const { parseDoctorArguments, runDoctor } = await import('./cli/doctor.ts');
  const parsed = parseDoctorArguments(args);
  if (typeof parsed === 'string') return misused(parsed);
  const { loadConfig } = await import('./config.ts');
  return runDoctor(parsed, {
    nodeVersion: process.versions.node,
    now: Date.now(),
    loadConfig: () => loadConfig(configInput()),
  });
}

async function replay(args: readonly string[]): Promise<number> {
  const { parseReplayArguments, runReplay } = await import('./cli/replay.ts');
  const parsed = parseReplayArguments(args);
  return typeof parsed === 'string' ? misused(parsed) : runReplay(parsed);
}

async function schema(args: readonly string[]): Promise<number> {
  const isWriting = args[0] === '--write';
  if (args.length > (isWriting ? 1 : 0))
    return misused(`schema takes --write, received ${JSON.stringify(args.join(' '))}`);
  const { printSchemaTo } = await import('./cli/schema.ts');
  await printSchemaTo({
    path: isWriting ? fileURLToPath(new URL('../schema/schema.graphql', import.meta.url)) : undefined,
    print: (text) => process.stdout.write(text),
  });
  return 0;
}

async function help(): Promise<number> {
  const { helpText } = await import('./cli/help.ts');
  const { CONFIGURATION_KEYS } = await import('./config.ts');
  process.stdout.write(helpText(CONFIGURATION_KEYS));
  return 0;
}

async function version(): Promise<number> {
  const { readPackage } = await import('./cli/package.ts');
  process.stdout.write(`${readPackage().version}\n`);
  return 0;
}

/** The configuration of this process, or undefined after its problems were printed. */
async function configuration(): Promise<Config | undefined> {
  const { loadConfig } = await import('./config.ts');
  const { ConfigError } = await import('./config-problems.ts');
  try {
    return loadConfig(configInput());
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`deskgraph cannot start:\n${error.problems.map((problem) => `  ${problem}\n`).join('')}`);
    return undefined;
  }
}

function configInput(): ConfigInput {
  return { environment: process.env, readFile: readSmallFile, cwd: process.cwd() };
}

/** What configuration and secrets are read from; secrets may come through a pipe. A device or a huge file is a slip. */
function readSmallFile(path: string): string {
  const stats = statSync(path);
  if (!(stats.isFile() || stats.isFIFO()) || stats.size > MAX_FILE_BYTES) {
    throw new Error(`${path} is no file of at most ${MAX_FILE_BYTES} bytes`);
  }
  return readFileSync(path, 'utf8');
}

function misused(problem: string): Promise<number> {
  process.stderr.write(`deskgraph: ${problem}; deskgraph --help lists what there is\n`);
  return Promise.resolve(MISUSED);
}

function failed(error: unknown): number {
  process.stderr.write(`deskgraph failed: ${error instanceof Error ? error.message : String(error)}\n`);
  return FAILED;
}
