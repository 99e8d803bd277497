import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSchema, parse, validate } from 'graphql';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..', '..');
const PAGE = join(ROOT, 'src', 'page');

/** Each document that a file of the page exports, with its name. */
async function exportedDocuments(file: string): Promise<[string, string][]> {
  const text = readFileSync(join(PAGE, file), 'utf8');
  const names = [...text.matchAll(/^export const ([A-Z][A-Z_]*) = `(?:query|mutation|subscription)\b/gm)];
  if (names.length === 0) return [];
  const module: Record<string, unknown> = await import(join(PAGE, file));
  return names.map(([, name = '']) => [`${file} ${name}`, String(module[name])]);
}

const files = readdirSync(PAGE).filter((name) => name.endsWith('.ts') && name !== 'main.ts');
const documents = (await Promise.all(files.map(exportedDocuments))).flat();

describe('what the page asks', () => {
  const schema = buildSchema(readFileSync(join(ROOT, 'schema', 'schema.graphql'), 'utf8'));

  it('is found in its files, all of it', () => {
    expect(documents.length).toBeGreaterThan(10);
    const inText = files.flatMap((name) =>
      readFileSync(join(PAGE, name), 'utf8').match(/`(query|mutation|subscription)\b/g),
    );
    expect(inText.filter((found) => found !== null)).toHaveLength(documents.length);
  });

  it.each(documents)('is valid: %s', (_name, document) => {
    expect(validate(schema, parse(document))).toEqual([]);
  });

  it.each(documents)('has a name of its own in GraphiQL: %s', (_name, document) => {
    const [operation] = parse(document).definitions;
    expect(operation).toMatchObject({ kind: 'OperationDefinition', name: { kind: 'Name' } });
  });
});
