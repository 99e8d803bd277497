import type { ArgBuilder, ObjectRef } from '@pothos/core';
import { builder, type DeskgraphTypes } from './builder.ts';

/** Relay's four paging arguments, to be spread into a field's arguments and handed to `pageOf`. */
export function pageArguments(arg: ArgBuilder<DeskgraphTypes>) {
  return {
    first: arg.int({
      description: 'At most this many from the start of the list, 0 to 1,000; 50 when neither first nor last is given.',
    }),
    after: arg.string({ description: 'Only items that follow this cursor.' }),
    last: arg.int({ description: 'At most this many from the end of the list, 0 to 1,000. Not together with first.' }),
    before: arg.string({ description: 'Only items that precede this cursor.' }),
  };
}

/** The connection and edge types of one kind of node; `XConnection` and `XEdge` for a node called X. */
export function connectionType<Shape>(node: ObjectRef<DeskgraphTypes, Shape>, description: string) {
  return builder.connectionObject(
    {
      type: node,
      name: `${node.name}Connection`,
      description,
      fields: (t) => ({
        totalCount: t.int({
          description: 'Items of the whole list, whatever the page.',
          resolve: (connection) => (connection as unknown as { totalCount: number }).totalCount, // every page is a domain Page
        }),
      }),
    },
    { name: `${node.name}Edge`, description: `One item of a ${node.name}Connection and where it stands.` },
  );
}
