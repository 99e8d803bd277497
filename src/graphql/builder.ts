import SchemaBuilder from '@pothos/core';
import RelayPlugin from '@pothos/plugin-relay';
import type { Day } from '../domain/day.ts';
import { badUserInput, quoted } from '../domain/errors.ts';
import type { GraphContext } from './context.ts';
import { decodeId, encodeId } from './global-id.ts';

/** What Pothos checks every field, argument and resolver against. */
export interface SchemaTypes {
  Context: GraphContext;
  DefaultFieldNullability: false;
  DefaultEdgesNullability: { list: false; items: false };
  DefaultNodeNullability: false;
  Scalars: {
    ID: { Input: string; Output: string };
    Date: { Input: Day; Output: Day };
    DateTime: { Input: number; Output: number };
    Decimal: { Input: string; Output: string };
    BigInt: { Input: bigint; Output: bigint };
    SafeInt: { Input: number; Output: number };
    Cursor: { Input: string; Output: string };
    JSON: { Input: unknown; Output: unknown };
  };
}

/**
 * The definition of the schema, filled by the files of this folder and printed to schema/schema.graphql. Fields are
 * non-null unless they say otherwise.
 */
export const builder = new SchemaBuilder<SchemaTypes>({
  plugins: [RelayPlugin],
  defaultFieldNullability: false,
  relay: {
    clientMutationId: 'omit',
    cursorType: 'String',
    encodeGlobalID: (typename, id) => encodeId(typename, String(id)),
    decodeGlobalID: decodeId,
    idFieldOptions: { description: 'Opaque and global: `node(id:)` takes it.' },
    nodesOnConnection: { description: 'The items of this page, without their cursors.' },
    nodeTypeOptions: { description: 'A thing with an identity of its own, which can be asked for again by its id.' },
    nodeQueryOptions: {
      description: 'Any thing by its id, null when there is none (any more) or when it is not yours.',
      nullable: true,
      args: { id: { description: 'An id that this server gave out.' } },
      resolve: (_root, { id }, _context, info, resolveNode) => {
        const type = info.schema.getType(id.typename);
        const node = info.schema.getType('Node');
        const isNode =
          type !== undefined && 'getInterfaces' in type && type.getInterfaces().some((each) => each === node);
        if (!isNode) throw badUserInput(`received the id of a ${quoted(id.typename)}, wanted the id of a node`);
        return resolveNode(id);
      },
    },
    nodesQueryOptions: false,
    pageInfoTypeOptions: { description: "Where a page lies in its list, in Relay's terms." },
    hasNextPageFieldOptions: { description: 'Whether items follow the last one of this page.' },
    hasPreviousPageFieldOptions: { description: 'Whether items precede the first one of this page.' },
    startCursorFieldOptions: { description: 'Cursor of the first item of this page, null when it is empty.' },
    endCursorFieldOptions: { description: 'Cursor of the last item of this page, null when it is empty.' },
    cursorFieldOptions: { description: 'Where this item stands: pass it as `after` or `before`.' },
    nodeFieldOptions: { description: 'The item.', nullable: false },
    edgesFieldOptions: {
      description: 'The items of this page, each with its cursor.',
      nullable: { list: false, items: false },
    },
    pageInfoFieldOptions: { description: 'Where this page lies in the list.' },
  },
});

builder.queryType({ description: 'What can be asked. Nothing here changes anything but caches.' });
builder.mutationType({
  description: 'What can be done. What a caller must expect to be refused is a member of the result, not an error.',
});
builder.subscriptionType({
  description:
    'What is pushed. Lossless streams start with a snapshot or after a cursor; conflated ones first deliver the present value of each key.',
});

/** The schema types with Pothos' defaults filled in, as refs and field builders carry them. */
export type DeskgraphTypes = typeof builder.$inferSchemaTypes;
