import type { FieldNode, GraphQLObjectType, GraphQLOutputType, GraphQLResolveInfo } from 'graphql';
import { isLeafType, isNonNullType } from 'graphql';
import type { Column } from '../domain/column.ts';
import { Literal } from './literal.ts';
import { hasConditionsOnly, PlainSelection, type RowFields } from './plain-selection.ts';

/** A column that is asked for. */
export interface PlannedColumn extends Column {
  readonly isNullable: boolean;
}

/** How the rows of one selection are written: before each value its head, behind the last one the tail. */
export interface RowPlan {
  /** The same for all selections that give the same bytes. */
  readonly key: string;
  readonly columns: readonly PlannedColumn[];
  /** One for each column: what stands between the value before it and its own. */
  readonly heads: readonly Literal[];
  /** Ends with the comma behind the row. */
  readonly tail: Literal;
}

/** Says how the items of a series field are written. */
export interface RowPlanner {
  /** Undefined when they have to be answered the ordinary way. */
  plan(info: Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments' | 'variableValues'>): RowPlan | undefined;
}

/** Items that are values of a column themselves: for them every selection is the same. */
export class ValuePlan implements RowPlanner {
  readonly #plan: RowPlan | undefined;

  constructor(item: GraphQLOutputType, { name, form }: Column) {
    const isNullable = !isNonNullType(item);
    const isLeaf = isLeafType(isNonNullType(item) ? item.ofType : item);
    const columns = [{ name, form, isNullable }];
    if (isLeaf)
      this.#plan = { key: ` ${name} ${form} ${isNullable}`, columns, heads: [new Literal('')], tail: new Literal(',') };
  }

  plan({ fieldNodes }: Pick<GraphQLResolveInfo, 'fieldNodes'>): RowPlan | undefined {
    return fieldNodes.every(({ directives }) => hasConditionsOnly(directives)) ? this.#plan : undefined;
  }
}

/** A type whose fields are columns, some of them at least. */
export class RowType implements RowFields, RowPlanner {
  readonly typeName: string;
  readonly #columns: ReadonlyMap<string, PlannedColumn>;
  /** Of field nodes that say the same in every operation; null: not plain. */
  readonly #plans = new WeakMap<FieldNode, RowPlan | null>();

  constructor(type: GraphQLObjectType) {
    this.typeName = type.name;
    this.#columns = columnsOf(type);
  }

  has(fieldName: string): boolean {
    return this.#columns.has(fieldName);
  }

  /** How the rows of a list are written; undefined when their selection is not plain, or selects nothing. */
  plan(info: Pick<GraphQLResolveInfo, 'fieldNodes' | 'fragments' | 'variableValues'>): RowPlan | undefined {
    const [node, ...others] = info.fieldNodes;
    const known = node === undefined || others.length > 0 ? undefined : this.#plans.get(node);
    if (known !== undefined) return known ?? undefined;
    const selection = new PlainSelection(this, info);
    const plan = this.#isPlain(selection, info.fieldNodes) ? this.#planOf(selection.fieldNames) : undefined;
    if (node !== undefined && others.length === 0 && !selection.isConditional) this.#plans.set(node, plan ?? null);
    return plan;
  }

  #isPlain(selection: PlainSelection, nodes: readonly FieldNode[]): boolean {
    try {
      const isPlain = nodes.every(
        ({ directives, selectionSet }) =>
          hasConditionsOnly(directives) && selectionSet !== undefined && selection.add(selectionSet),
      );
      return isPlain && selection.fieldNames.size > 0;
    } catch {
      // A condition that has no value: the executor says so.
      return false;
    }
  }

  #planOf(fieldNames: ReadonlyMap<string, string>): RowPlan {
    const columns: PlannedColumn[] = [];
    const heads: Literal[] = [];
    let text = '{';
    for (const [key, fieldName] of fieldNames) {
      text += `${text.endsWith('{') ? '' : ','}"${key}":`;
      const column = this.#columns.get(fieldName);
      if (column === undefined) {
        text += `"${this.typeName}"`;
        continue;
      }
      columns.push(column);
      heads.push(new Literal(text));
      text = '';
    }
    const key = [this.typeName, ...[...fieldNames].map(([as, fieldName]) => `${as}:${fieldName}`)].join(' ');
    return { key, columns, heads, tail: new Literal(`${text}},`) };
  }
}

function columnsOf(type: GraphQLObjectType): ReadonlyMap<string, PlannedColumn> {
  const columns = new Map<string, PlannedColumn>();
  // What decides about the type of a row has to see the row.
  if (type.isTypeOf != null) return columns;
  for (const field of Object.values(type.getFields())) {
    const { column } = field.extensions;
    const isNullable = !isNonNullType(field.type);
    const isLeaf = isLeafType(isNonNullType(field.type) ? field.type.ofType : field.type);
    if (isColumn(column) && isLeaf && field.args.length === 0) columns.set(field.name, { ...column, isNullable });
  }
  return columns;
}

export function isColumn(extension: unknown): extension is Column {
  return typeof extension === 'object' && extension !== null && 'name' in extension && 'form' in extension;
}
