import { ownsAccount } from '../domain/viewer.ts';
import type { AccountSession } from '../exchanges/gateways.ts';
import type { GraphContext } from './context.ts';

/** The account as its gateway carries it; undefined when none does, and for an account that is not the viewer's. */
export function sessionOf({ gateways, viewer }: GraphContext, accountCookie: string): AccountSession | undefined {
  if (!ownsAccount(viewer, accountCookie)) return undefined;
  return gateways.find(({ account }) => account?.accountCookie === accountCookie)?.account;
}
