import type { ASTNode, DocumentNode, FragmentDefinitionNode, SelectionNode, SelectionSetNode } from 'graphql';
import { Kind, visit } from 'graphql';

/** What is counted as written, in the whole document. */
export interface WrittenSize {
  readonly fragments: number;
  readonly aliases: number;
  readonly directives: number;
  /** The most directives on one node. */
  readonly directivesOnOne: number;
  /** The most fields with one name, or alias where they have one. */
  readonly sameName: number;
}

/** What an operation comes to once its fragments are expanded. */
export interface ExpandedSize {
  readonly fields: number;
  /** Levels of fields; `__schema` and `__type` are one level, whatever is inside. */
  readonly depth: number;
  /** Levels of fields inside `__schema` and `__type`. */
  readonly introspectionDepth: number;
}

const EMPTY: ExpandedSize = { fields: 0, depth: 0, introspectionDepth: 0 };
const INTROSPECTION_ENTRIES: ReadonlySet<string> = new Set(['__schema', '__type']);

export function measureWritten(document: DocumentNode): WrittenSize {
  let aliases = 0;
  let directives = 0;
  let directivesOnOne = 0;
  const fieldsByName = new Map<string, number>();
  visit(document, {
    enter(node: ASTNode) {
      if (node.kind === Kind.FIELD) {
        if (node.alias !== undefined) aliases++;
        const name = (node.alias ?? node.name).value;
        fieldsByName.set(name, (fieldsByName.get(name) ?? 0) + 1);
      }
      const own = 'directives' in node ? (node.directives?.length ?? 0) : 0;
      directives += own;
      directivesOnOne = Math.max(directivesOnOne, own);
    },
  });
  const fragments = document.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION).length;
  return { fragments, aliases, directives, directivesOnOne, sameName: Math.max(0, ...fieldsByName.values()) };
}

/**
 * The largest numbers over all operations of the document. Each fragment is measured once, so that fragments which
 * spread each other cost no more than they are long; a fragment inside itself counts as nothing, validation refuses it.
 */
export function measureExpanded(document: DocumentNode): ExpandedSize {
  const measurer = new Measurer(document);
  const operations = document.definitions.filter((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  return operations.map(({ selectionSet }) => measurer.ofSelections(selectionSet)).reduce(largest, EMPTY);
}

class Measurer {
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #measured = new Map<string, ExpandedSize>();

  constructor(document: DocumentNode) {
    const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
    this.#fragments = new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
  }

  ofSelections(selectionSet: SelectionSetNode | undefined): ExpandedSize {
    return (selectionSet?.selections ?? []).map((selection) => this.#ofSelection(selection)).reduce(together, EMPTY);
  }

  #ofSelection(selection: SelectionNode): ExpandedSize {
    switch (selection.kind) {
      case Kind.FRAGMENT_SPREAD:
        return this.#ofFragment(selection.name.value);
      case Kind.INLINE_FRAGMENT:
        return this.ofSelections(selection.selectionSet);
      case Kind.FIELD:
        return asField(selection.name.value, this.ofSelections(selection.selectionSet));
    }
  }

  #ofFragment(name: string): ExpandedSize {
    const measured = this.#measured.get(name);
    if (measured !== undefined) return measured;
    this.#measured.set(name, EMPTY);
    const size = this.ofSelections(this.#fragments.get(name)?.selectionSet);
    this.#measured.set(name, size);
    return size;
  }
}

function asField(name: string, inside: ExpandedSize): ExpandedSize {
  const fields = inside.fields + 1;
  if (!INTROSPECTION_ENTRIES.has(name)) {
    return { fields, depth: inside.depth + 1, introspectionDepth: inside.introspectionDepth };
  }
  return { fields, depth: 1, introspectionDepth: Math.max(inside.depth, inside.introspectionDepth) };
}

function together(left: ExpandedSize, right: ExpandedSize): ExpandedSize {
  return { ...largest(left, right), fields: left.fields + right.fields };
}

function largest(left: ExpandedSize, right: ExpandedSize): ExpandedSize {
  return {
    fields: Math.max(left.fields, right.fields),
    depth: Math.max(left.depth, right.depth),
    introspectionDepth: Math.max(left.introspectionDepth, right.introspectionDepth),
  };
}
