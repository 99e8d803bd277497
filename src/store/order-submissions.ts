import type { OrderSubmission } from '../domain/order-request.ts';

/**
 * The requests that were to be sent to a venue, by account and clientOrderId; kept for good, so that none is sent twice.
 * One is open until an event of its order is appended to the OrderEventStore, which settles it, also when that event is
 * trimmed later. What was answered is durable. Fails with UPSTREAM_UNAVAILABLE when the store cannot be reached.
 */
export interface OrderSubmissionStore {
  /** Stores the submission unless there is one under its clientOrderId; answers the one that was there. */
  submit(submission: OrderSubmission): Promise<OrderSubmission | undefined>;
  /** Takes back a submission that is open; does nothing for any other. */
  withdraw(accountCookie: string, clientOrderId: string): Promise<void>;
  submission(accountCookie: string, clientOrderId: string): Promise<OrderSubmission | undefined>;
  /** Those that are open, ascending by (submittedAt, clientOrderId). */
  openSubmissions(accountCookie: string): Promise<readonly OrderSubmission[]>;
}
