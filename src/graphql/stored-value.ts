import type { Faulty } from '../domain/data-faults.ts';
import type { GraphContext } from './context.ts';

/**
 * A nullable value that was read from a stored document. When it is null because the document cannot be read there,
 * this fails with DATA_INVALID, which names the document; when the response has enough of such errors, it is counted.
 */
export function storedValue<Shape extends Faulty, Name extends keyof Shape & string>(
  shape: Shape,
  name: Name,
  { dataIssues }: Pick<GraphContext, 'dataIssues'>,
): Shape[Name] {
  const value = shape[name];
  const { faults } = shape;
  const reason = value === null ? faults?.reasons[name] : undefined;
  if (faults === undefined || reason === undefined) return value;
  const error = dataIssues.nulled(faults, reason);
  if (error !== undefined) throw error;
  return value;
}
