import type { LiveOrder, OrderChange } from '../domain/live-order.ts';
import type { OrderSubmission, OrderTarget } from '../domain/order-request.ts';

/**
 * Where the orders of accounts outlive the process. What was answered is durable. Each function fails with
 * UPSTREAM_UNAVAILABLE when it cannot be reached; nothing of what was asked has happened then.
 */
export interface OrderJournal {
  /** The state of each order that is not finished, and of the newest of those that ended at `endedSince` or later. */
  orders(accountCookie: string, endedSince: number): Promise<readonly LiveOrder[]>;
  /**
   * The last state that is kept of one order. A clientOrderId names the order that was placed through here, if any; of
   * that the end is kept for good.
   */
  order(accountCookie: string, target: OrderTarget): Promise<LiveOrder | undefined>;
  /** Stores the changes whose ids are new and tells them to whoever follows the account, in the order given. */
  record(accountCookie: string, changes: readonly OrderChange[]): Promise<unknown>;
  /** Writes the submission down unless there is one under its clientOrderId; answers the one that was there. */
  submit(submission: OrderSubmission): Promise<OrderSubmission | undefined>;
  submission(accountCookie: string, clientOrderId: string): Promise<OrderSubmission | undefined>;
  /** Takes back a submission that never left this machine. */
  withdraw(accountCookie: string, clientOrderId: string): Promise<void>;
  /** When the account was last compared with the venue, as `compared` was told; undefined: never. */
  comparedAt(accountCookie: string): Promise<number | undefined>;
  /** Everything that happened before `at`, in milliseconds since the epoch, is known. */
  compared(accountCookie: string, at: number): Promise<void>;
  /** Submissions of whose orders nothing was recorded yet, oldest first. */
  openSubmissions(accountCookie: string): Promise<readonly OrderSubmission[]>;
}
