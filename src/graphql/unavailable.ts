import { notAvailable } from '../domain/errors.ts';

/**
 * The resolver of a field that this version does not serve: fails with NOT_AVAILABLE. `doing` names what the field is
 * for, as a gerund; `Answer` is what a later version will resolve it with.
 */
export function unavailable<Answer = never>(doing: string): () => Answer {
  return () => {
    throw notAvailable(doing);
  };
}
