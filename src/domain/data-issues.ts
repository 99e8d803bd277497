import type { DataReport, DocumentOrigin, FieldFaults } from './data-faults.ts';
import { CodedError } from './errors.ts';

/** So many figures of one response are null with an error of their own; the others are only counted. */
const MAX_ERRORS = 20;
const MAX_SAMPLES = 5;

/** What one response lacks because stored documents cannot be read. */
export interface DataIssueCounts {
  /** Rows and entries of documents that were left out. */
  readonly dropped: number;
  /** Figures that are null. */
  readonly nulled: number;
}

/** What a response says of it in `extensions.dataIssues`. */
export interface DataIssueSummary extends DataIssueCounts {
  /** What was left out, at most 5 texts. */
  readonly samples: readonly string[];
}

/** What one response meets in stored documents that cannot be read. */
export class DataIssues {
  readonly #onEnd: (counts: DataIssueCounts) => void;
  readonly #samples: string[] = [];
  #dropped = 0;
  #nulled = 0;

  /** `onEnd` is told the counts when the response is made, unless nothing was met. */
  constructor(onEnd: (counts: DataIssueCounts) => void = () => {}) {
    this.#onEnd = onEnd;
  }

  /** Counts what is left out. */
  readonly report: DataReport = ({ origin, message }) => {
    this.#dropped++;
    if (this.#samples.length < MAX_SAMPLES) this.#samples.push(`${nameOf(origin)}: ${message}`);
  };

  /**
   * Counts a figure that is null for the reason given. The error to say so with, DATA_INVALID; undefined when the
   * response has enough of them.
   */
  nulled({ origin }: FieldFaults, reason: string): CodedError | undefined {
    this.#nulled++;
    if (this.#nulled > MAX_ERRORS) return undefined;
    return new CodedError('DATA_INVALID', `${nameOf(origin)}: ${reason}`, { origin });
  }

  /**
   * To be called when the response is made: what it says of itself. Undefined when it lacks nothing but figures whose
   * errors it carries.
   */
  end(): DataIssueSummary | undefined {
    const counts = { dropped: this.#dropped, nulled: this.#nulled };
    if (counts.dropped > 0 || counts.nulled > 0) this.#onEnd(counts);
    const isTold = counts.dropped === 0 && counts.nulled <= MAX_ERRORS;
    return isTold ? undefined : { ...counts, samples: this.#samples };
  }
}

function nameOf({ collection, documentId }: DocumentOrigin): string {
  return `${collection} ${documentId}`;
}
