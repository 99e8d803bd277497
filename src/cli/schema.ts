import { writeFile } from 'node:fs/promises';
import { buildSchema, printPublicSchema } from '../graphql/schema.ts';

/** Prints the public schema, or writes it to a file. */
export async function printSchemaTo({
  path,
  print,
}: {
  path: string | undefined;
  print: (text: string) => void;
}): Promise<void> {
  const text = printPublicSchema(buildSchema());
  if (path === undefined) print(text);
  else await writeFile(path, text);
}
