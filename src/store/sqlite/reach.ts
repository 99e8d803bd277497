import { CodedError } from '../../domain/errors.ts';

/** Whatever keeps SQLite from its work, a lock, a full disk or a closed file, is UPSTREAM_UNAVAILABLE to the caller. */
export function reach<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (cause) {
    throw new CodedError('UPSTREAM_UNAVAILABLE', 'the desk store cannot be reached', { cause });
  }
}
