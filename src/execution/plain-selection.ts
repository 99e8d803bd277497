import type {
  DirectiveNode,
  FragmentDefinitionNode,
  GraphQLResolveInfo,
  SelectionNode,
  SelectionSetNode,
} from 'graphql';
import { GraphQLIncludeDirective, GraphQLSkipDirective, getDirectiveValues, Kind } from 'graphql';

/** What is known of an operation while one of its fields is resolved. */
type OperationFacts = Pick<GraphQLResolveInfo, 'fragments' | 'variableValues'>;

export interface RowFields {
  readonly typeName: string;
  /** Whether a field of this name may be answered from the row alone. */
  has(fieldName: string): boolean;
}

/**
 * The fields that are asked of a row, as the executor would collect them: merged over several places, the first one
 * decides about the order. It is plain as long as each of them is a field of the row or `__typename`, reached through
 * nothing but fragments of the very type, @skip and @include.
 */
export class PlainSelection {
  readonly #row: RowFields;
  readonly #facts: OperationFacts;
  readonly #seenFragments = new Set<string>();
  #isConditional = false;
  /** Names of fields by the keys under which they are answered. */
  readonly fieldNames = new Map<string, string>();

  constructor(row: RowFields, facts: OperationFacts) {
    this.#row = row;
    this.#facts = facts;
  }

  /** Whether variables had a say, so that another operation with the same document may select something else. */
  get isConditional(): boolean {
    return this.#isConditional;
  }

  /** False when something in it is not plain. */
  add({ selections }: SelectionSetNode): boolean {
    return selections.every((selection) => this.#addSelection(selection));
  }

  #addSelection(selection: SelectionNode): boolean {
    if (!hasConditionsOnly(selection.directives)) return false;
    if (!this.#isIncluded(selection)) return true;
    switch (selection.kind) {
      case Kind.FIELD:
        return this.#addField(selection.name.value, (selection.alias ?? selection.name).value);
      case Kind.INLINE_FRAGMENT:
        return this.#isOfRow(selection.typeCondition) && this.add(selection.selectionSet);
      case Kind.FRAGMENT_SPREAD:
        return this.#addFragment(selection.name.value, this.#facts.fragments[selection.name.value]);
    }
  }

  #addField(name: string, key: string): boolean {
    if (name !== '__typename' && !this.#row.has(name)) return false;
    if (!this.fieldNames.has(key)) this.fieldNames.set(key, name);
    return true;
  }

  #addFragment(name: string, fragment: FragmentDefinitionNode | undefined): boolean {
    if (this.#seenFragments.has(name)) return true;
    this.#seenFragments.add(name);
    if (fragment === undefined || (fragment.directives?.length ?? 0) > 0) return false;
    return this.#isOfRow(fragment.typeCondition) && this.add(fragment.selectionSet);
  }

  #isOfRow(typeCondition: { readonly name: { readonly value: string } } | undefined): boolean {
    return typeCondition === undefined || typeCondition.name.value === this.#row.typeName;
  }

  /** Throws what the executor would have said of the condition. */
  #isIncluded(selection: SelectionNode): boolean {
    if ((selection.directives?.length ?? 0) === 0) return true;
    this.#isConditional = true;
    const { variableValues } = this.#facts;
    if (getDirectiveValues(GraphQLSkipDirective, selection, variableValues)?.if === true) return false;
    return getDirectiveValues(GraphQLIncludeDirective, selection, variableValues)?.if !== false;
  }
}

/** Whether there are no other directives than @skip and @include. */
export function hasConditionsOnly(directives: readonly DirectiveNode[] = []): boolean {
  return directives.every(
    ({ name }) => name.value === GraphQLSkipDirective.name || name.value === GraphQLIncludeDirective.name,
  );
}
