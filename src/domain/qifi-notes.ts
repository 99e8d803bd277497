import type { DocumentOrigin } from './data-faults.ts';

const MAX_ISSUES = 100;
const MAX_LEFT_OUT = 1000;

/** What is noted while a document is read. */
export class QifiNotes {
  /** Undefined when nobody wants to know what is wrong with a figure. */
  readonly origin: DocumentOrigin | undefined;
  /** Everything that is wrong with the document, in the order of its reading, at most 100 texts. */
  readonly issues: string[] = [];
  /** Entries that are missing in what was read, at most 1,000 texts. */
  readonly leftOut: string[] = [];

  constructor(origin?: DocumentOrigin) {
    this.origin = origin;
  }

  reject(issue: string): void {
    if (this.issues.length < MAX_ISSUES) this.issues.push(issue);
  }

  leaveOut(issue: string): void {
    this.reject(issue);
    if (this.leftOut.length < MAX_LEFT_OUT) this.leftOut.push(issue);
  }
}
