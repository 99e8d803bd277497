import { DataIssues } from './domain/data-issues.ts';
import type { Logger } from './logger.ts';
import type { OperationOrigin } from './server/operations.ts';

/** What an operation, or an event of a subscription, notes its data issues in. Each operation is logged at most once. */
export function logDataIssues(logger: Logger): (origin: OperationOrigin) => DataIssues {
  const logged = new WeakSet<OperationOrigin>();
  return (origin) =>
    new DataIssues((counts) => {
      if (logged.has(origin)) return;
      logged.add(origin);
      logger.warn({ requestId: origin.requestId, ...counts }, 'stored documents hold what cannot be read');
    });
}
