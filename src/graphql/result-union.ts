import type { ObjectRef } from '@pothos/core';
import { builder, type DeskgraphTypes } from './builder.ts';
import { type ErrorShape, Refusal } from './errors.ts';

/**
 * What a mutation answers: the thing that it made or changed, or one of the refusals that a caller must expect. Its
 * resolver returns the thing or a Refusal.
 */
export function resultUnion<Shape, RefusalShape extends ErrorShape>(
  name: string,
  options: {
    description: string;
    success: ObjectRef<DeskgraphTypes, Shape>;
    refusals: readonly ObjectRef<DeskgraphTypes, RefusalShape>[];
  },
) {
  return builder.unionType(name, {
    description: options.description,
    types: [options.success, ...options.refusals],
    resolveType: (value) => (value instanceof Refusal ? value.typename : options.success.name),
  });
}
