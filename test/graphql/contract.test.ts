import { readFileSync } from 'node:fs';
import {
  findBreakingChanges,
  type GraphQLSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isSpecifiedDirective,
  isSpecifiedScalarType,
  buildSchema as parseSchema,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { buildSchema, printPublicSchema } from '../../src/graphql/schema.ts';

const schema = buildSchema();
const contract = parseSchema(readFileSync(new URL('contract.graphql', import.meta.url), 'utf8'));

describe('the public schema', () => {
  it('keeps the contract: nothing that a client relies on is missing or changed', () => {
    const breaking = findBreakingChanges(contract, schema).map((change) => change.description);
    expect(breaking).toEqual([]);
  });

  it('would notice a field that the contract has and the schema lacks', () => {
    const without = parseSchema(printPublicSchema(schema).replace('  equityCurve(', '  equityCurved('));
    expect(
      findBreakingChanges(contract, without)
        .map((change) => change.description)
        .join(),
    ).toContain('equityCurve');
  });

  it('is the one that schema/schema.graphql publishes (else: npm run codegen)', () => {
    const published = readFileSync(new URL('../../schema/schema.graphql', import.meta.url), 'utf8');
    expect(published).toBe(printPublicSchema(schema));
  });

  it('describes every type, field, argument and enum value, and never by repeating the name', () => {
    expect(undescribed(schema)).toEqual([]);
  });

  it('would notice a missing description', () => {
    expect(undescribed(parseSchema('type Query { account(name: String): String }'))).toEqual([
      'Query',
      'Query.account',
      'Query.account(name:)',
    ]);
  });
});

/** Coordinates of everything in a schema that has no description, or one that only repeats its name. */
function undescribed(of: GraphQLSchema): string[] {
  const found: string[] = [];
  const check = (coordinate: string, name: string, description: string | null | undefined): void => {
    const words = (description ?? '').toLowerCase().replaceAll(/[^a-z0-9]/g, '');
    if (words === '' || words === name.toLowerCase()) found.push(coordinate);
  };
  for (const type of Object.values(of.getTypeMap())) {
    if (type.name.startsWith('__') || isSpecifiedScalarType(type)) continue;
    check(type.name, type.name, type.description);
    if (isEnumType(type)) {
      for (const value of type.getValues()) check(`${type.name}.${value.name}`, value.name, value.description);
    }
    if (isObjectType(type) || isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) {
        check(`${type.name}.${field.name}`, field.name, field.description);
        for (const arg of field.args) check(`${type.name}.${field.name}(${arg.name}:)`, arg.name, arg.description);
      }
    }
    if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields()))
        check(`${type.name}.${field.name}`, field.name, field.description);
    }
  }
  for (const directive of of.getDirectives()) {
    if (!isSpecifiedDirective(directive)) check(`@${directive.name}`, directive.name, directive.description);
  }
  return found;
}
