import type { Reader } from '../bus/bus.ts';
import { type CodedError, notFound, quoted } from '../domain/errors.ts';
import { ownsAccount } from '../domain/viewer.ts';
import type { AccountFollowing } from '../store/account-follower.ts';
import type { GraphContext } from './context.ts';
import { holdingUntilEnd } from './held-reader.ts';
import { sessionOf } from './sessions.ts';

/**
 * A reader of what an account goes through, which `attach` makes once the account is followed: by its gateway, or else
 * by its REALTIME state, as long as somebody reads. Fails with NOT_FOUND for an account that has neither, unless
 * `isKnown` says that there is something to read all the same, and with UPSTREAM_UNAVAILABLE when it cannot be told.
 */
export async function followAccount<Value>(
  context: GraphContext,
  accountCookie: string,
  { attach, isKnown }: FollowedReading<Value>,
): Promise<Reader<Value>> {
  if (!ownsAccount(context.viewer, accountCookie)) throw noSuchAccount(accountCookie);
  if (sessionOf(context, accountCookie) !== undefined) return attach();
  const following: AccountFollowing = await context.accountFollower.follow(accountCookie);
  const release = (): void => following[Symbol.dispose]();
  try {
    if (!following.isStored && !(await isKnown?.())) throw noSuchAccount(accountCookie);
    return holdingUntilEnd(await attach(), release);
  } catch (error) {
    release();
    throw error;
  }
}

export interface FollowedReading<Value> {
  attach(): Reader<Value> | Promise<Reader<Value>>;
  readonly isKnown?: () => Promise<boolean>;
}

function noSuchAccount(accountCookie: string): CodedError {
  return notFound(`there is no account ${quoted(accountCookie)} that could be followed`);
}
