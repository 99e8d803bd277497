import { ACCOUNT_SOURCES } from '../domain/account.ts';
import type { AccountKey } from '../store/accounts.ts';

/** The account that two parts of an id name, or undefined when they name none. */
export function accountKeyOf(source: unknown, accountCookie: unknown): AccountKey | undefined {
  const known = ACCOUNT_SOURCES.find((each) => each === source);
  return known !== undefined && typeof accountCookie === 'string' ? { source: known, accountCookie } : undefined;
}
