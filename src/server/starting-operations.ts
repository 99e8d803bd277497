import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { NamedOperation } from './graphiql.ts';

/** What the front page shows and GraphiQL opens first. */
const FIRST_OPERATION = 'bars';

/** What GraphiQL opens as tabs: the operations of schema/operations by name, what changes something last. */
export function readStartingOperations(): NamedOperation[] {
  const folder = new URL('../../schema/operations/', import.meta.url);
  const files = readdirSync(folder).filter((file) => file.endsWith('.graphql'));
  const operations = files.toSorted().map((file) => ({
    name: basename(file, '.graphql'),
    document: readFileSync(new URL(file, folder), 'utf8'),
  }));
  const rank = ({ name, document }: NamedOperation): number => {
    if (name === FIRST_OPERATION) return 0;
    return /^mutation /m.test(document) ? 2 : 1;
  };
  return operations.toSorted((left, right) => rank(left) - rank(right));
}
