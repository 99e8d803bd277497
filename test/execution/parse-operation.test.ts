import { buildSchema, getIntrospectionQuery, Kind } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createExecution } from '../../src/execution/execution.ts';
import { DEFAULT_LIMITS, type Limits } from '../../src/execution/limits.ts';
import { parseOperation } from '../../src/execution/parse-operation.ts';

const parse = (text: string, limits: Partial<Limits> = {}) => parseOperation(text, { ...DEFAULT_LIMITS, ...limits });
const nested = (levels: number): string => `${'{a'.repeat(levels)}${'}'.repeat(levels)}`;

describe('parseOperation', () => {
  it.each<[string, string, string, Partial<Limits>?]>([
    ['12 levels of fields', nested(12), nested(13)],
    ['2000 tokens', `{${'a '.repeat(1_998)}}`, `{${'a '.repeat(1_999)}}`, { sameName: 2_000 }],
    ['100 fields with the same name', `{${'a '.repeat(100)}}`, `{${'a '.repeat(101)}}`],
    ['100 fields with the same alias', `{${'a '.repeat(99)}a:b}`, `{${'a '.repeat(100)}a:b}`],
    ['50 aliases', aliases(50), aliases(51)],
    ['50 directives', directives(50), directives(51)],
    ['10 directives in one place', `{a ${'@d '.repeat(10)}}`, `{a ${'@d '.repeat(11)}}`],
    ['10 directives in one place', `query ${'@d '.repeat(10)}{a}`, `query ${'@d '.repeat(11)}{a}`],
    ['50 fragments', fragments(50), fragments(51)],
    ['64 open brackets', listOf(62), listOf(63)],
    ['16 levels of introspection', introspection(16), introspection(17)],
    ['30 fields with its fragments expanded', spreads(29), spreads(30), { fields: 30 }],
  ])('accepts %s and refuses more with COST_LIMIT', (_what, accepted, refused, limits) => {
    expect(parse(accepted, limits).kind).toBe(Kind.DOCUMENT);
    expect(() => parse(refused, limits)).toThrow(
      expect.objectContaining({ code: 'COST_LIMIT', message: expect.stringMatching(/, wanted at most \d+$/) }),
    );
  });

  it('says what was received', () => {
    expect(() => parse(aliases(77))).toThrow('the document has 77 aliases, wanted at most 50');
  });

  it.each([
    ['5,000 levels of selections', nested(5_000)],
    ['a list literal 20,000 deep', listOf(20_000)],
    ['a list literal as deep as the tokens allow', listOf(990)],
    ['lists that never close', `{a(x:${'['.repeat(200_000)}`],
    ['objects 1,000 deep', `{a(x:${'{x:'.repeat(500)}1${'}'.repeat(500)})}`],
    ['a type 900 deep', `query($x:${'['.repeat(900)}Int${']'.repeat(900)}){a}`],
    ['inline fragments 600 deep', `{${'...{'.repeat(600)}a${'}'.repeat(600)}}`],
  ])('refuses %s without running out of stack', (_what, text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'COST_LIMIT' }));
  });

  it('measures depth through fragments, named and inline', () => {
    const chain = (levels: number): string =>
      `{...F0}${Array.from({ length: levels }, (_, at) => `fragment F${at} on Q{a{...{...F${at + 1}}}}`).join('')}fragment F${levels} on Q{a}`;
    expect(parse(chain(11)).definitions).toHaveLength(13);
    expect(() => parse(chain(12))).toThrow('the document has 13 levels of fields, wanted at most 12');
  });

  it('measures fragments that multiply in the time that they take to write', () => {
    const doubling = Array.from({ length: 11 }, (_, at) => `fragment F${at} on Q{a{...F${at + 1}}b{...F${at + 1}}}`);
    expect(() => parse(`{...F0}${doubling.join('')}fragment F11 on Q{a}`)).toThrow(
      /fields with its fragments expanded/,
    );
  });

  it('takes fragments in a circle for validation to refuse', () => {
    expect(parse('{...A} fragment A on Q{a{...B}} fragment B on Q{a{...A}}').definitions).toHaveLength(3);
  });

  it('measures every operation of a document', () => {
    expect(() => parse(`query A{a} query B${nested(13)}`)).toThrow('13 levels of fields');
  });

  it('lets the introspection of tools pass', () => {
    const options = { specifiedByUrl: true, directiveIsRepeatable: true, schemaDescription: true, oneOf: true };
    const text = getIntrospectionQuery({ ...options, inputValueDeprecation: true });
    const execution = createExecution({ schema: buildSchema('type Query { a: Int }') });
    expect(execution.validate(execution.parse(text))).toEqual([]);
  });

  it('does not count comments', () => {
    expect(parse(`${'# a b c\n'.repeat(5_000)}{a}`).definitions).toHaveLength(1);
  });

  it.each(['', '   ', '{', '}', '{a', '"', '{a(x:"\\q")}', '\u0000', '{a}}', 'query', '{a b:}', '😀'])(
    'throws a syntax error for %j',
    (text) => {
      expect(() => parse(text)).toThrow(/^Syntax Error/);
    },
  );
});

function aliases(count: number): string {
  return `{${Array.from({ length: count }, (_, at) => `a${at}:a`).join(' ')}}`;
}

function directives(count: number): string {
  return `{${Array.from({ length: count }, (_, at) => `a${at} @d`).join(' ')}}`;
}

function fragments(count: number): string {
  return `{a}${Array.from({ length: count }, (_, at) => `fragment F${at} on Q{a}`).join('')}`;
}

function listOf(levels: number): string {
  return `{a(x:${'['.repeat(levels)}${']'.repeat(levels)})}`;
}

function introspection(levels: number): string {
  return `{__schema${'{a'.repeat(levels)}${'}'.repeat(levels)}}`;
}

function spreads(count: number): string {
  return `{a ...F ${'...F '.repeat(count - 1)}}fragment F on Q{a}`;
}
