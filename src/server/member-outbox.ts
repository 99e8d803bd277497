import { TAPE_MOST_BEHIND } from '../bus/bus.ts';
import { CodedError } from '../domain/errors.ts';
import type { Member, Payload } from '../execution/shared-subscriptions.ts';
import type { Outlet } from './outlet.ts';

/** Payloads that are written at one go when a reader has caught up. */
const SLICE = 256;

export interface MemberOutboxOptions {
  readonly outlet: Outlet;
  /** The bytes of payloads on this connection. */
  readonly frame: (payloads: readonly Payload[]) => Buffer;
  /** Called once, after everything that was delivered before was written; `error`: why it ended early. */
  readonly onEnd: (error?: unknown) => void;
}

/**
 * The place of one reader in a shared subscription. As long as the connection takes what is written, everything is
 * written; after that payloads wait here, of those with the same key the newest only, until the connection has drained.
 */
export class MemberOutbox implements Member {
  readonly #outlet: Outlet;
  readonly #frame: MemberOutboxOptions['frame'];
  readonly #onEnd: MemberOutboxOptions['onEnd'];
  readonly #stopListening: () => void;
  /** In the order in which they are to be written. A key that gets a newer payload keeps its place. */
  readonly #held = new Map<string | symbol, Payload>();
  #isOpen = false;
  #isOver = false;
  #ending: { readonly error: unknown } | undefined;

  constructor({ outlet, frame, onEnd }: MemberOutboxOptions) {
    this.#outlet = outlet;
    this.#frame = frame;
    this.#onEnd = onEnd;
    this.#stopListening = outlet.onDrain(() => this.#writeHeld());
  }

  /** Lets payloads out; before, they wait. */
  open(): void {
    if (this.#isOpen) return;
    this.#isOpen = true;
    this.#writeHeld();
  }

  deliver(payloads: readonly Payload[]): void {
    if (this.#isOver || this.#ending !== undefined) return;
    if (this.#isOpen && this.#held.size === 0 && !this.#outlet.isBehind) {
      this.#outlet.write(this.#frame(payloads));
      return;
    }
    for (const payload of payloads) this.#held.set(payload.key ?? Symbol('event'), payload);
    if (this.#held.size <= TAPE_MOST_BEHIND) return;
    this.#held.clear();
    this.end(new CodedError('SLOW_CONSUMER', `this reader is more than ${TAPE_MOST_BEHIND} events behind`));
  }

  end(error?: unknown): void {
    if (this.#isOver || this.#ending !== undefined) return;
    this.#ending = { error };
    this.#writeHeld();
  }

  /** Forgets everything; nothing is written any more. */
  close(): void {
    this.#isOver = true;
    this.#stopListening();
    this.#held.clear();
  }

  #writeHeld(): void {
    if (!this.#isOpen || this.#isOver) return;
    while (this.#held.size > 0 && !this.#outlet.isBehind) {
      this.#outlet.write(this.#frame(this.#takeSlice()));
    }
    if (this.#held.size > 0 || this.#ending === undefined) return;
    const { error } = this.#ending;
    this.close();
    this.#onEnd(error);
  }

  #takeSlice(): readonly Payload[] {
    const slice: Payload[] = [];
    for (const [key, payload] of this.#held) {
      this.#held.delete(key);
      if (slice.push(payload) === SLICE) break;
    }
    return slice;
  }
}
