import type { AccountSource } from '../domain/account.ts';

const SOURCES: Readonly<Record<string, AccountSource>> = { history: 'HISTORY', realtime: 'REALTIME' };

/** The source that an argument names; undefined when there is no such source. */
export function sourceNamed(name: string): AccountSource | undefined {
  return Object.hasOwn(SOURCES, name) ? SOURCES[name] : undefined;
}
