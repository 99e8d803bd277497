import { pino } from 'pino';

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Fields first, so that a line can be searched for by them; an Error belongs under the name `error`. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  /** A logger that writes these fields on every line. */
  child(fields: object): Logger;
}

/** Where lines go. `isTTY` chooses lines for people over JSON lines, as on `process.stdout`. */
export interface LogDestination {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

export interface LoggerOptions {
  readonly level: LogLevel;
  /** Default: standard output. */
  readonly destination?: LogDestination;
}

const SECRET_NAMES = [
  'authorization',
  'Authorization',
  'cookie',
  'Cookie',
  '["set-cookie"]',
  'password',
  'passwordHash',
  'secret',
  'token',
  'passphrase',
  'apiKey',
];
const REDACTED_LEVELS = 4;

/** JSON lines with time and level as text; on a terminal `time level message key=value` instead. */
export function createLogger({ level, destination = process.stdout }: LoggerOptions): Logger {
  const toText = destination.isTTY === true ? terminalLine : (line: string) => line;
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: readableError },
      errorKey: 'error',
      messageKey: 'message',
      redact: { paths: secretPaths(), censor: '(hidden)' },
    },
    { write: (line: string) => void destination.write(toText(line)) },
  );
}

/** `secret`, `*.secret`, `*.*.secret` and so on: the first levels of the fields, which is where our own code puts them. */
function secretPaths(): string[] {
  const prefixes = Array.from({ length: REDACTED_LEVELS }, (_, depth) => Array(depth).fill('*').join('.'));
  return prefixes.flatMap((prefix) =>
    SECRET_NAMES.map((name) => (prefix === '' || name.startsWith('[') ? `${prefix}${name}` : `${prefix}.${name}`)),
  );
}

/**
 * What was thrown may be anything, cyclic or with getters that throw, and writing a line must not throw in turn: all of
 * it when it is plain data, else its stack or text.
 */
function readableError(error: unknown): unknown {
  try {
    const fields = error instanceof Error ? pino.stdSerializers.err(error) : error;
    return JSON.parse(JSON.stringify(fields));
  } catch {
    return briefError(error);
  }
}

function briefError(error: unknown): unknown {
  try {
    return error instanceof Error ? { message: String(error.message), stack: String(error.stack) } : String(error);
  } catch {
    return '(unreadable error)';
  }
}

function terminalLine(line: string): string {
  const { time, level, message, error, ...fields }: Record<string, unknown> = JSON.parse(line);
  const head = `${String(time).slice(11, 23)} ${String(level).padEnd(5)} ${withoutControls(String(message))}`;
  const pairs = Object.entries(fields).map(([key, value]) => ` ${key}=${fieldText(value)}`);
  return `${head}${pairs.join('')}${error === undefined ? '' : `\n${errorText(error)}`}\n`;
}

function fieldText(value: unknown): string {
  const isWord = typeof value === 'string' && /^[^\s"=\p{Cc}]+$/u.test(value);
  return isWord ? value : withoutControls(JSON.stringify(value));
}

function errorText(error: unknown): string {
  const hasStack = typeof error === 'object' && error !== null && 'stack' in error;
  const lines = hasStack ? String(error.stack).split('\n') : [JSON.stringify(error)];
  return lines.map((line) => `  ${withoutControls(line)}`).join('\n');
}

/** Log lines carry what clients sent; an escape sequence in it must not reach the terminal. */
function withoutControls(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (control) => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
