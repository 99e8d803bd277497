import type {
  DocumentNode,
  GraphQLField,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionNode,
  SelectionSetNode,
} from 'graphql';
import { getNamedType, isInterfaceType, isObjectType, Kind, OperationTypeNode } from 'graphql';
import type { SharedDelivery, SharedResponding } from '../domain/stream.ts';

/** What decides whether a selection may be shared: its document, and the schema that it is of. */
interface Selecting {
  readonly schema: GraphQLSchema;
  readonly document: DocumentNode;
}

/**
 * How the events of an operation may be shared; undefined when they may not. Only a subscription to a field that
 * declares it. Below it leaves may be selected, through fragments as well, and fields that say with the extension
 * `isSameForAll` that what they lead to does not depend on who asks; whatever else lies deeper may.
 */
export function sharedDeliveryOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): SharedDelivery<unknown> | undefined {
  const delivery: unknown = sharedField({ schema, document }, operation)?.extensions.delivery;
  return isDelivery(delivery) ? delivery : undefined;
}

/** The same for the responses of a stream that each reader follows at its own place. */
export function sharedRespondingOf(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): SharedResponding<unknown> | undefined {
  const responding: unknown = sharedField({ schema, document }, operation)?.extensions.sharedResponses;
  return isResponding(responding) ? responding : undefined;
}

/** The one field of a subscription below which everything is the same for all. */
function sharedField(
  { schema, document }: Selecting,
  { operation, selectionSet }: OperationDefinitionNode,
): GraphQLField<unknown, unknown> | undefined {
  if (operation !== OperationTypeNode.SUBSCRIPTION) return undefined;
  const [selected, ...others] = selectionSet.selections;
  if (selected?.kind !== Kind.FIELD || others.length > 0) return undefined;
  const field = schema.getSubscriptionType()?.getFields()[selected.name.value];
  if (field === undefined) return undefined;
  const isShared = isSameForAll({ schema, document }, getNamedType(field.type).name, selected.selectionSet);
  return isShared ? field : undefined;
}

/** `selectionSet`: none is the one of a leaf. */
function isSameForAll(selecting: Selecting, typeName: string, selectionSet: SelectionSetNode | undefined): boolean {
  return (selectionSet?.selections ?? []).every((selection) => isSelectedForAll(selecting, typeName, selection));
}

function isSelectedForAll(selecting: Selecting, typeName: string, selection: SelectionNode): boolean {
  const { schema, document } = selecting;
  switch (selection.kind) {
    case Kind.FIELD: {
      if (selection.selectionSet === undefined) return true;
      const type = schema.getType(typeName);
      const hasFields = isObjectType(type) || isInterfaceType(type);
      const field = hasFields ? type.getFields()[selection.name.value] : undefined;
      if (field?.extensions.isSameForAll !== true) return false;
      return isSameForAll(selecting, getNamedType(field.type).name, selection.selectionSet);
    }
    case Kind.INLINE_FRAGMENT:
      return isSameForAll(selecting, selection.typeCondition?.name.value ?? typeName, selection.selectionSet);
    case Kind.FRAGMENT_SPREAD: {
      const fragment = document.definitions
        .filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION)
        .find(({ name }) => name.value === selection.name.value);
      if (fragment === undefined) return false;
      return isSameForAll(selecting, fragment.typeCondition.name.value, fragment.selectionSet);
    }
  }
}

function isDelivery(extension: unknown): extension is SharedDelivery<unknown> {
  return typeof extension === 'object' && extension !== null && 'keyOf' in extension && 'kind' in extension;
}

function isResponding(extension: unknown): extension is SharedResponding<unknown> {
  return typeof extension === 'object' && extension !== null && 'identityOf' in extension;
}
