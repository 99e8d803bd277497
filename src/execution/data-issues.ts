import type { ExecutionResult } from 'graphql';
import { DataIssues } from '../domain/data-issues.ts';

/** The result with what its operation noted in `contextValue.dataIssues`, if it did, as `extensions.dataIssues`. */
export function withDataIssues(result: ExecutionResult, context: unknown): ExecutionResult {
  const dataIssues = notedIn(context)?.end();
  return dataIssues === undefined ? result : { ...result, extensions: { ...result.extensions, dataIssues } };
}

function notedIn(context: unknown): DataIssues | undefined {
  const hasNotes = typeof context === 'object' && context !== null && 'dataIssues' in context;
  return hasNotes && context.dataIssues instanceof DataIssues ? context.dataIssues : undefined;
}
