import type { TestDeskgraph } from './deskgraph.ts';

interface TypeReference {
  readonly kind: string;
  readonly name: string | null;
  readonly ofType: TypeReference | null;
}

interface Field {
  readonly name: string;
  readonly args: readonly { readonly type: TypeReference; readonly defaultValue: string | null }[];
  readonly type: TypeReference;
}

const REFERENCE = 'kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } }';

export interface SelectionOptions {
  /** Levels of objects below the type; 0: scalars alone. */
  readonly depth?: number;
  /** Names of fields that are not asked for. */
  readonly without?: readonly string[];
}

/**
 * A selection of every field that a type of the schema has, as far as no argument is required, so that a field that is
 * added later is asked for as well.
 */
export async function fieldsOf(
  desk: Pick<TestDeskgraph, 'ask'>,
  type: string,
  { depth = 0, without = [] }: SelectionOptions = {},
): Promise<string> {
  const { data } = await desk.ask(
    `query ($type: String!) { __type(name: $type) { fields { name args { defaultValue type { ${REFERENCE} } } type { ${REFERENCE} } } } }`,
    { type },
  );
  const fields: readonly Field[] = data.__type.fields;
  const selections = await Promise.all(
    fields.map(async (field) => {
      const isAskable = field.args.every((each) => each.type.kind !== 'NON_NULL' || each.defaultValue !== null);
      const { kind, name } = namedType(field.type);
      if (!isAskable || without.includes(field.name)) return '';
      if (kind === 'SCALAR' || kind === 'ENUM') return field.name;
      if (depth === 0 || kind !== 'OBJECT') return '';
      return `${field.name} { __typename ${await fieldsOf(desk, name ?? '', { depth: depth - 1, without })} }`;
    }),
  );
  return selections.filter((selection) => selection !== '').join(' ');
}

function namedType(type: TypeReference): TypeReference {
  return type.ofType === null || type.ofType === undefined ? type : namedType(type.ofType);
}
