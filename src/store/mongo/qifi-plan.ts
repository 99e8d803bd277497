import type { AccountDocument } from '../../domain/account-document.ts';
import type { Day } from '../../domain/day.ts';

/** Whether a document takes the place of another one of its account and day: unless it was written earlier. */
export function supersedes({ snapshot: { updatedAt } }: AccountDocument, other: { readonly updatedAt: number | null }) {
  return updatedAt === null || other.updatedAt === null || updatedAt >= other.updatedAt;
}

/** Documents to write, one for each account and day. */
export class DocumentsByDay {
  readonly #documents = new Map<string, Map<Day | null, AccountDocument>>();

  add(document: AccountDocument): void {
    const { accountCookie, tradingDay } = document.snapshot;
    const ofAccount = this.#documents.get(accountCookie) ?? new Map<Day | null, AccountDocument>();
    this.#documents.set(accountCookie, ofAccount);
    const other = ofAccount.get(tradingDay);
    if (other === undefined || supersedes(document, other.snapshot)) ofAccount.set(tradingDay, document);
  }

  all(): AccountDocument[] {
    return [...this.#documents.values()].flatMap((ofAccount) => [...ofAccount.values()]);
  }
}

/**
 * The running states of accounts while further ones come in: a later day settles the one before, a state of an earlier
 * day is settled itself, and one of no day counts only while no other is known.
 */
export class RunningStates {
  readonly settled = new DocumentsByDay();
  readonly #running = new Map<string, AccountDocument>();
  readonly #changed = new Set<string>();

  /** States that are stored. */
  constructor(stored: readonly AccountDocument[]) {
    for (const document of stored) this.#running.set(document.snapshot.accountCookie, document);
  }

  add(document: AccountDocument): void {
    const { accountCookie, tradingDay } = document.snapshot;
    const running = this.#running.get(accountCookie);
    const before = running?.snapshot.tradingDay ?? null;
    if (running === undefined || (tradingDay === before && supersedes(document, running.snapshot))) {
      this.#run(document);
    } else if (tradingDay !== null && tradingDay > (before ?? -Infinity)) {
      if (before !== null) this.settled.add(running);
      this.#run(document);
    } else if (tradingDay !== null && tradingDay !== before) {
      this.settled.add(document);
    }
  }

  /** Those that are not as they were stored. */
  changed(): AccountDocument[] {
    return [...this.#changed].flatMap((name) => this.#running.get(name) ?? []);
  }

  #run(document: AccountDocument): void {
    this.#running.set(document.snapshot.accountCookie, document);
    this.#changed.add(document.snapshot.accountCookie);
  }
}
