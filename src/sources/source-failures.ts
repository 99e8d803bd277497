import { CodedError, quoted } from '../domain/errors.ts';

/** What a source said when it had no answer. */
export interface SourceFailure {
  readonly name: string;
  readonly error: CodedError;
}

/** As much of what one source said is told, in characters. */
const LONGEST_PART = 160;
/** As much is told of all of them. */
const LONGEST_MESSAGE = 600;

/**
 * The failures of all sources that were asked as one: `eastmoney: it answered with status 503; tencent: has none`. Its
 * code is the most telling one, an outage or invalid data before NOT_FOUND, the earlier first. Undefined without any.
 */
export function failureOf(failures: readonly SourceFailure[], code: string): CodedError | undefined {
  const [first, ...others] = failures;
  if (first === undefined || others.length === 0) return first?.error;
  const telling = failures.find(({ error }) => error.code !== 'NOT_FOUND');
  if (telling === undefined) {
    const names = shortened(failures.map(({ name }) => name).join(', '), LONGEST_MESSAGE);
    return new CodedError('NOT_FOUND', `no history for ${quoted(code)} in ${names}`, { cause: first.error });
  }
  const message = failures.map((failure) => `${failure.name}: ${partOf(failure)}`).join('; ');
  return new CodedError(telling.error.code, shortened(message, LONGEST_MESSAGE), { cause: telling.error });
}

function partOf({ name, error: { code, message } }: SourceFailure): string {
  if (code === 'NOT_FOUND') return 'has none';
  return shortened(message.startsWith(`${name}: `) ? message.slice(name.length + 2) : message, LONGEST_PART);
}

function shortened(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit)}…` : text;
}
