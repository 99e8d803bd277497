import { isUtf8 } from 'node:buffer';
import { badUserInput, quoted } from '../domain/errors.ts';

/** What a client asks, whatever the transport. */
export interface OperationRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>> | undefined;
  readonly operationName: string | undefined;
  readonly extensions: Readonly<Record<string, unknown>> | undefined;
}

const KEYS: readonly string[] = ['query', 'variables', 'operationName', 'extensions'];
/** Lists and objects inside each other. What works on variables descends once for each. */
const MAX_DEPTH = 64;

/** The body of a POST. Throws BAD_USER_INPUT; the message never repeats the body, which may hold secrets. */
export function parseOperationBody(body: Buffer): OperationRequest {
  if (body.length === 0) throw badUserInput('received an empty body, wanted a JSON object with a query');
  if (!isUtf8(body)) throw badUserInput('received a body that is not UTF-8, wanted JSON in UTF-8');
  return toOperationRequest(parseJson(body.toString('utf8'), 'a body'));
}

/** The query string of a GET: variables and extensions are JSON texts. */
export function parseOperationSearch(search: string): OperationRequest {
  const parameters = new URLSearchParams(search);
  const json = (name: string): unknown => {
    const text = parameters.get(name);
    return text === null || text === '' ? undefined : parseJson(text, name);
  };
  return toOperationRequest({
    query: parameters.get('query') ?? undefined,
    variables: json('variables'),
    operationName: parameters.get('operationName') || undefined,
    extensions: json('extensions'),
  });
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badUserInput(`received ${what} that is not valid JSON, wanted a JSON object`);
  }
}

/** What was received, as an operation. Throws BAD_USER_INPUT that says what is wrong with it. */
export function toOperationRequest(received: unknown): OperationRequest {
  if (Array.isArray(received)) throw badUserInput('received a list of operations, wanted one JSON object: no batching');
  if (!isRecord(received)) throw badUserInput(`received ${typeName(received)}, wanted a JSON object with a query`);
  const unknown = Object.keys(received).find((key) => !KEYS.includes(key));
  if (unknown !== undefined)
    throw badUserInput(`received the key ${quoted(unknown)}, wanted one of ${KEYS.join(', ')}`);
  const { query, operationName } = received;
  if (query === undefined || query === null) throw badUserInput('received no query, wanted a document as text');
  if (typeof query !== 'string') throw badUserInput(`received ${typeName(query)} as query, wanted a document as text`);
  if (operationName !== undefined && operationName !== null && typeof operationName !== 'string') {
    throw badUserInput(`received ${typeName(operationName)} as operationName, wanted text`);
  }
  return {
    query,
    variables: optionalRecord(received, 'variables'),
    operationName: operationName ?? undefined,
    extensions: optionalRecord(received, 'extensions'),
  };
}

function optionalRecord(
  received: Readonly<Record<string, unknown>>,
  key: 'variables' | 'extensions',
): Readonly<Record<string, unknown>> | undefined {
  const value = received[key];
  if (value === undefined || value === null) return undefined;
  if (!isRecord(value)) throw badUserInput(`received ${typeName(value)} as ${key}, wanted an object`);
  if (isDeeperThan(value, MAX_DEPTH)) throw badUserInput(`received ${key} nested deeper than ${MAX_DEPTH} levels`);
  return value;
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((child) => isDeeperThan(child, levels - 1));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return 'text';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
