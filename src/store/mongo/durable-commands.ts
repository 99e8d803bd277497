import { CodedError } from '../../domain/errors.ts';
import { codeOf } from './deployment-fault.ts';

/** After this time the deployment has done a command or given it up, whatever became of who sent it. */
export const COMMAND_MS = 10_000;

/** What must not be read late nor be lost by a failover or a power cut. */
export const DURABLE = {
  readPreference: 'primary',
  writeConcern: { w: 'majority', journal: true, wtimeoutMS: 5000 },
  maxTimeMS: COMMAND_MS,
} as const;

export const DUPLICATE_KEY = 11_000;

/** The code with which the deployment refused; undefined when it did not. */
export function refusalOf(error: unknown): number | undefined {
  return error instanceof Error ? codeOf(error) : undefined;
}

/** Whether what failed is over: the deployment answered, or was not asked. Else it is open what it still does. */
export async function isOver(error: unknown): Promise<boolean> {
  const { MongoServerError } = await import('mongodb');
  return error instanceof CodedError || error instanceof MongoServerError;
}
