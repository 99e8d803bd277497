import { CodedError } from '../../domain/errors.ts';
import { own } from '../../domain/qifi-values.ts';

/** What the codes of a server mean that a person can do something about. */
const MEANING_OF: ReadonlyMap<number, string> = new Map([
  [13, 'the user lacks a role'],
  [18, 'user or password is wrong'],
  [50, 'it took too long'],
  [121, 'the collection has rules of its own for documents'],
  [11000, 'a unique index forbids it'],
]);

const MOST_CHARACTERS = 200;
const CONTROL = /\p{Cc}+/gu;

/**
 * Why a deployment could not do something, in one line that holds neither credentials nor anything stored: what a server
 * says of a refusal may repeat a document, so that only its code is told.
 */
export function describeDeploymentFault(error: unknown): string {
  const cause = error instanceof CodedError && error.cause !== undefined ? error.cause : error;
  if (!(cause instanceof Error)) return 'it failed without saying why';
  // What the driver says of a connection string may repeat a part of it.
  if (cause.name === 'MongoParseError')
    return `MONGO_URL cannot be used, ${unknownOptionsOf(cause) ?? 'it is malformed'}`;
  const code = codeOf(cause);
  if (code !== undefined) return `it refused with code ${code}${meaningOf(code)}`;
  const line = cause.message.replaceAll(CONTROL, ' ').trim();
  return line.length > MOST_CHARACTERS ? `${line.slice(0, MOST_CHARACTERS)}…` : line;
}

/** The code with which a server refused; undefined for a fault of another kind. */
export function codeOf(error: Error): number | undefined {
  const code = own(error, 'code');
  return typeof code === 'number' ? code : undefined;
}

function meaningOf(code: number): string {
  const meaning = MEANING_OF.get(code);
  return meaning === undefined ? '' : `: ${meaning}`;
}

/** Options of a connection string that the driver does not know, as it lists them. */
function unknownOptionsOf({ message }: Error): string | undefined {
  return /^options? [\w, ]{1,200} (?:is|are) not supported$/i.exec(message)?.[0];
}
