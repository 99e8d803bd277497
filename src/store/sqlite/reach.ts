import { CodedError } from '../../domain/errors.ts';

/** Whatever keeps SQLite from its work, a lock, a full disk or a closed file, is UPSTREAM_UNAVAILABLE to the caller. */
export function reach<Result>(work: () => Result, name = 'desk store'): Result {
  try {
    return work();
  } catch (cause) {
    throw new CodedError('UPSTREAM_UNAVAILABLE', `the ${name} cannot be reached`, { cause });
  }
}
