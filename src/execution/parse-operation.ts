import type { DocumentNode } from 'graphql';
import { parse } from 'graphql';
import { measureExpanded, measureWritten } from './document-size.ts';
import { assertWithin, type Limits } from './limits.ts';
import { scanTokens } from './token-scan.ts';

/**
 * Text to document, within the limits. Throws CodedError COST_LIMIT for what is too large, GraphQLError for a syntax
 * error. Nothing is looked up in a schema yet.
 */
export function parseOperation(text: string, limits: Limits): DocumentNode {
  scanTokens(text, limits);
  const document = parse(text);
  assertSize(document, limits);
  return document;
}

function assertSize(document: DocumentNode, limits: Limits): void {
  const written = measureWritten(document);
  assertWithin(limits.fragments, written.fragments, 'fragments');
  assertWithin(limits.aliases, written.aliases, 'aliases');
  assertWithin(limits.directivesOnOne, written.directivesOnOne, 'directives in one place');
  assertWithin(limits.directives, written.directives, 'directives');
  assertWithin(limits.sameName, written.sameName, 'fields with the same name');
  const expanded = measureExpanded(document);
  assertWithin(limits.depth, expanded.depth, 'levels of fields');
  assertWithin(limits.introspectionDepth, expanded.introspectionDepth, 'levels of introspection');
  assertWithin(limits.fields, expanded.fields, 'fields with its fragments expanded');
}
