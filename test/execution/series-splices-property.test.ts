import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LruRoom } from '../../src/cache/lru.ts';
import { FIRST_DAY, LAST_DAY } from '../../src/domain/day.ts';
import { BothWays } from './both-ways.ts';
import { columnsOf, type RowValues, rowSchema } from './row-schema.ts';

const FIELDS = ['day', 'day', 'at', 'at', 'price', 'price', 'must', 'must', '__typename', 'isOpen'];
const FRAGMENTS = ['F', 'G', 'H'];
/** Each is always an alias of the same field, so that selections never contradict each other. */
const ALIASES = ['', 'x', 'toJSON_', '__'];
const MS_PER_DAY = 86_400_000;

const directive = fc.oneof(
  { weight: 6, arbitrary: fc.constant('') },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('include', 'skip'), fc.constantFrom('true', 'false', '$t', '$u'))
      .map(([name, value]) => ` @${name}(if: ${value})`),
  },
);

const leaf = fc
  .tuple(fc.constantFrom(...FIELDS), fc.constantFrom(...ALIASES), directive)
  .map(([field, alias, condition]) => `${alias === '' ? '' : `${alias}${field}: `}${field}${condition}`);

/** What is asked of a row; `spreads` are the fragments that may be used in it. */
function selectionOf(spreads: readonly string[], depth = 2): fc.Arbitrary<string> {
  const kinds = [{ weight: 80, arbitrary: leaf as fc.Arbitrary<string> }];
  if (depth > 0) {
    const head = fc.constantFrom('...', '... on Row', '...', '... on Row', '...', '... on Dated');
    const inner = fc.tuple(head, directive, selectionOf(spreads, depth - 1));
    const inline = inner.map(
      ([on, condition, inside]) =>
        // An interface has only its own fields.
        `${on}${condition} { ${on === '... on Dated' ? 'day' : inside} }`,
    );
    kinds.push({ weight: 10, arbitrary: inline });
  }
  if (spreads.length > 0) {
    kinds.push({
      weight: 20,
      arbitrary: fc.tuple(fc.constantFrom(...spreads), directive).map(([name, condition]) => `...${name}${condition}`),
    });
  }
  kinds.push({ weight: 1, arbitrary: fc.constantFrom('note', 'times(by: 2)', 'once: times') });
  return fc.array(fc.oneof(...kinds), { minLength: 1, maxLength: 5 }).map((selections) => selections.join(' '));
}

const rowSelection = selectionOf(FRAGMENTS);

/** Series and what stands beside them. */
const seriesField = fc
  .tuple(
    fc.constantFrom(
      'rows',
      'late',
      'optional',
      'history',
      'part: history(from: 1, to: 3)',
      'history2: history',
      'sessions',
      'last: sessions(from: 2)',
      'r2: rows',
    ),
    directive,
    rowSelection,
  )
  .map(([field, condition, selection]) => `${field}${condition} { ${selection} }`);

/** Columns as lists of their own. */
const columnsField = fc
  .tuple(
    fc.constantFrom('columns', 'few: columns(from: 1, to: 3)', 'columns2: columns(from: 1)'),
    fc.array(
      fc
        .tuple(fc.constantFrom('day', 'at', 'price', 'must', 'isOpen', '__typename'), fc.boolean(), directive)
        .map(([field, isAliased, condition]) => `${isAliased ? `x${field}: ` : ''}${field}${condition}`),
      { minLength: 1, maxLength: 5 },
    ),
  )
  .map(([field, selections]) => `${field} { ${selections.join(' ')} }`);
const accountSelection = fc
  .array(fc.oneof(seriesField, columnsField, fc.constantFrom('name', 'soft', 'hard', 'lateHard', '__typename')), {
    minLength: 1,
    maxLength: 4,
  })
  .map((fields) => fields.join(' '));
const rootField = fc.oneof(
  { weight: 4, arbitrary: seriesField },
  { weight: 2, arbitrary: columnsField },
  { weight: 1, arbitrary: accountSelection.map((selection) => `accounts { ${selection} }`) },
  { weight: 1, arbitrary: accountSelection.map((selection) => `failing { ${selection} }`) },
  { weight: 1, arbitrary: fc.constantFrom('hello', 'missing { day }', 'broken { day }', 'errors { day }') },
);

interface RandomDocument {
  readonly query: string;
  readonly variables: Readonly<Record<string, boolean>>;
}

const anyDocument: fc.Arbitrary<RandomDocument> = fc
  .record({
    fields: fc.array(rootField, { minLength: 1, maxLength: 4 }),
    f: selectionOf(['G', 'H']),
    g: selectionOf(['H']),
    h: selectionOf([]),
    t: fc.boolean(),
    u: fc.option(fc.boolean()),
  })
  .map(({ fields, f, g, h, t, u }) => {
    const root = fields.join(' ');
    // Only what is used may be defined.
    const isUsed = (name: string, ...texts: string[]): boolean => texts.some((text) => text.includes(`...${name}`));
    const used = [isUsed('F', root) ? `fragment F on Row { ${f} }` : ''];
    used.push(isUsed('G', root, ...used) ? `fragment G on Row { ${g} }` : '');
    used.push(isUsed('H', root, ...used) ? `fragment H on Row { ${h} }` : '');
    const body = `{ ${root} } ${used.join(' ')}`;
    const definitions = [body.includes('$t') ? '$t: Boolean!' : '', body.includes('$u') ? '$u: Boolean = true' : ''];
    const variables = definitions.join(' ').trim();
    return {
      query: variables === '' ? body : `query (${variables}) ${body}`,
      variables: { t, ...(u !== null && { u }) },
    };
  });

const anyFigure = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: -1e9, max: 1e9 }).map((cents) => cents / 100) },
  { weight: 2, arbitrary: fc.double({ noNaN: true, noDefaultInfinity: true }) },
  { weight: 1, arbitrary: fc.constantFrom(0, -0, 1e21, 5e-324, 1e-7, 2 ** 53, Number.MAX_VALUE, 0.1 + 0.2) },
);
const anyUnusualFigure = fc.constantFrom<unknown>(
  Number.NaN,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  undefined,
);

const anyRow = fc.record({
  day: fc.integer({ min: FIRST_DAY, max: LAST_DAY }),
  at: fc.integer({ min: FIRST_DAY * MS_PER_DAY, max: LAST_DAY * MS_PER_DAY }),
  isOpen: fc.boolean(),
  price: fc.oneof({ weight: 4, arbitrary: anyFigure }, { weight: 1, arbitrary: fc.constant(null) }),
  must: anyFigure,
});

/** Rows, now and then one with something that the type does not know of. */
const anyRows: fc.Arbitrary<readonly RowValues[]> = fc
  .tuple(
    fc.array(anyRow, { maxLength: 12 }),
    fc.option(fc.tuple(fc.nat(), fc.constantFrom('price', 'must'), anyUnusualFigure), { freq: 9 }),
    fc.option(fc.nat(), { freq: 9 }),
  )
  .map(([rows, unusual, faulty]) =>
    rows.map((row, index) => ({
      ...row,
      ...(unusual !== null && unusual[0] % rows.length === index && { [unusual[1]]: unusual[2] }),
      ...(faulty !== null && faulty % rows.length === index && { faults: { reasons: {} } }),
    })),
  );

describe('series that are written at once', () => {
  it('have the very bytes that the executor gives, whatever is asked of whatever they hold', async () => {
    let spliced = 0;
    let ordinary = 0;
    await fc.assert(
      fc.asyncProperty(anyDocument, anyRows, async ({ query, variables }, rows) => {
        const series = columnsOf(rows);
        // So little that blocks come and go.
        const room = new LruRoom({ maxBytes: 2_000, maxEntries: undefined });
        const both = new BothWays(() => rowSchema({ rows, series: () => series }), room);
        for (let use = 0; use < 3; use++) {
          const { isSpliced } = await both.ask({ query, variables, isRace: true });
          if (isSpliced) spliced++;
          else ordinary++;
        }
      }),
      { numRuns: 2 * (fc.readConfigureGlobal().numRuns ?? 100) },
    );
    // Otherwise it would say little.
    expect(spliced).toBeGreaterThan(100);
    expect(ordinary).toBeGreaterThan(100);
  }, 60_000);
});
