import { isLasting, type Stretch, stretchFrom } from '../async/stretch.ts';
import { CodedError, type ErrorCode } from '../domain/errors.ts';

/** For how long a failed load answers for the next ones, in milliseconds, by what it failed with. */
export type FaultTimes = Partial<Readonly<Record<ErrorCode, number>>>;

/** A vendor that does not know a code will not know it in a minute; one that is away may be back in half of one. */
export const VENDOR_FAULT_TIMES: FaultTimes = {
  NOT_FOUND: 3_600_000,
  UPSTREAM_UNAVAILABLE: 30_000,
  DATA_INVALID: 60_000,
};

/** A load that failed. */
export interface LoadFailure {
  readonly error: CodedError;
  /** What the source told of its revision then; the failure is over when it tells another. */
  readonly look: string | undefined;
}

interface Remembered extends LoadFailure {
  readonly kept: Stretch;
}

const MOST_REMEMBERED = 10_000;

/** What failed just now, so that a source that is in trouble, or has no such code, is not asked by every reader. */
export class LoadFaults {
  readonly #times: FaultTimes;
  readonly #now: () => number;
  /** In the order in which they failed. */
  readonly #byCode = new Map<string, Remembered>();

  constructor(times: FaultTimes, now: () => number) {
    this.#times = times;
    this.#now = now;
  }

  remember(code: string, error: unknown, look: string | undefined): void {
    this.#byCode.delete(code);
    const keptMs = error instanceof CodedError ? (this.#times[error.code] ?? 0) : 0;
    if (keptMs === 0) return;
    this.#byCode.set(code, { error: error as CodedError, look, kept: stretchFrom(this.#now(), keptMs) });
    const [oldest] = this.#byCode.keys();
    if (this.#byCode.size > MOST_REMEMBERED && oldest !== undefined) this.#byCode.delete(oldest);
  }

  find(code: string): LoadFailure | undefined {
    const remembered = this.#byCode.get(code);
    if (remembered === undefined || isLasting(remembered.kept, this.#now())) return remembered;
    this.#byCode.delete(code);
    return undefined;
  }

  /** Of these codes, or of all. */
  forget(codes: Iterable<string> = [...this.#byCode.keys()]): void {
    for (const code of codes) this.#byCode.delete(code);
  }
}
