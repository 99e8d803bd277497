/** What a program reports of itself. */
export interface ProgressReport {
  /** 0 to 1. */
  readonly fraction: number;
  readonly message: string | null;
}

const PREFIX = Buffer.from('::progress ');
const MAX_LINE_BYTES = 1024;
const NEWLINE = 0x0a;

/**
 * Finds the reports in what a program prints to its standard output. A report is a line of its own,
 *
 *     ::progress {"fraction":0.25,"message":"2021"}
 *
 * of at most 1,024 bytes that ends with a newline: `fraction` is a number from 0 to 1, `message` a text or absent. It
 * stays in the transcript. A line that is no such report is output like any other.
 */
export class ProgressLines {
  /** The beginning of a line that may become a report. */
  #begun: Buffer = Buffer.alloc(0);
  #isWithinLine = false;

  /** The last report that is complete with these bytes; undefined when none is. */
  push(bytes: Buffer): ProgressReport | undefined {
    const text = this.#begun.length === 0 ? bytes : Buffer.concat([this.#begun, bytes]);
    let latest: ProgressReport | undefined;
    let from = this.#isWithinLine ? afterNewline(text, 0) : 0;
    for (let start = text.indexOf(PREFIX, from); start >= 0; start = text.indexOf(PREFIX, from)) {
      const end = text.indexOf(NEWLINE, start);
      if (end < 0) break;
      const isOwnLine = start === from || text[start - 1] === NEWLINE;
      if (isOwnLine && end - start <= MAX_LINE_BYTES) latest = parseReport(text.subarray(start, end)) ?? latest;
      from = end + 1;
    }
    this.#keep(text.subarray(Math.max(from, text.lastIndexOf(NEWLINE) + 1)), from > text.length);
    return latest;
  }

  #keep(line: Buffer, isRest: boolean): void {
    const common = Math.min(line.length, PREFIX.length);
    const mayBecomeReport =
      !isRest && line.length <= MAX_LINE_BYTES && line.subarray(0, common).equals(PREFIX.subarray(0, common));
    this.#begun = mayBecomeReport ? Buffer.from(line) : Buffer.alloc(0);
    this.#isWithinLine = !mayBecomeReport;
  }
}

/** Behind the newline; beyond the end when there is none. */
function afterNewline(text: Buffer, from: number): number {
  const newline = text.indexOf(NEWLINE, from);
  return newline < 0 ? text.length + 1 : newline + 1;
}

function parseReport(line: Buffer): ProgressReport | undefined {
  try {
    const report: unknown = JSON.parse(line.subarray(PREFIX.length).toString());
    if (typeof report !== 'object' || report === null || !('fraction' in report)) return undefined;
    const { fraction } = report;
    const message = 'message' in report ? report.message : null;
    if (typeof fraction !== 'number' || !(fraction >= 0 && fraction <= 1)) return undefined;
    return typeof message === 'string' || message === null ? { fraction, message } : undefined;
  } catch {
    return undefined;
  }
}
