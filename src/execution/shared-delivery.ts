import type { GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { Kind, OperationTypeNode } from 'graphql';
import type { SharedDelivery } from '../domain/stream.ts';

/**
 * How the events of an operation may be shared; undefined when they may not. Only a subscription to a field that
 * declares it, and that selects nothing but leaves there: whatever lies deeper may depend on who asks.
 */
export function sharedDeliveryOf(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
): SharedDelivery<unknown> | undefined {
  if (operation.operation !== OperationTypeNode.SUBSCRIPTION) return undefined;
  const [field, ...others] = operation.selectionSet.selections;
  if (field?.kind !== Kind.FIELD || others.length > 0) return undefined;
  const isFlat = (field.selectionSet?.selections ?? []).every(
    (selection) => selection.kind === Kind.FIELD && selection.selectionSet === undefined,
  );
  if (!isFlat) return undefined;
  const delivery: unknown = schema.getSubscriptionType()?.getFields()[field.name.value]?.extensions.delivery;
  return isDelivery(delivery) ? delivery : undefined;
}

function isDelivery(extension: unknown): extension is SharedDelivery<unknown> {
  return typeof extension === 'object' && extension !== null && 'keyOf' in extension && 'kind' in extension;
}
