import { CodedError } from '../domain/errors.ts';

/** How large a document may be before any work is done for it, and how large its answer. Each is the largest number that is accepted. */
export interface Limits {
  /** Lexical tokens; comments do not count. */
  readonly tokens: number;
  /** Brackets of any kind that are open at once: selection sets, arguments, list and object literals. */
  readonly nesting: number;
  /** Levels of fields, with fragments expanded. What is inside `__schema` and `__type` counts separately. */
  readonly depth: number;
  /** Levels of fields inside `__schema` and `__type`. Introspection as tools send it has 14. */
  readonly introspectionDepth: number;
  /** Fields of one operation, with every fragment counted as often as it is spread. */
  readonly fields: number;
  /** Aliases as written, in the whole document. */
  readonly aliases: number;
  /** Directives as written, in the whole document. */
  readonly directives: number;
  /** Directives on one field, fragment, variable or operation. */
  readonly directivesOnOne: number;
  /** Fragment definitions. */
  readonly fragments: number;
  /** Fields with the same name or alias, in the whole document. Validation compares each of them with each other. */
  readonly sameName: number;
  /** Values that lists bring into one answer: 200 series of 3,000 rows with 7 fields have 4.2 million. */
  readonly listValues: number;
  /** The same for all answers that are made or on their way at a time. */
  readonly listValuesUnderWay: number;
  /** Errors that validation, and the coercion of variables, report before they give up. */
  readonly errors: number;
}

export const DEFAULT_LIMITS: Limits = {
  tokens: 2_000,
  nesting: 64,
  depth: 12,
  introspectionDepth: 16,
  fields: 2_000,
  aliases: 50,
  directives: 50,
  directivesOnOne: 10,
  fragments: 50,
  sameName: 100,
  listValues: 5_000_000,
  listValuesUnderWay: 8_000_000,
  errors: 5,
};

/** Refuses with COST_LIMIT when `received` is more than `limit`; `what` names the thing that was counted. */
export function assertWithin(limit: number, received: number, what: string): void {
  if (received <= limit) return;
  throw new CodedError('COST_LIMIT', `the document has ${received} ${what}, wanted at most ${limit}`);
}
