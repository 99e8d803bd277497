/** Which stored document something was read from. */
export interface DocumentOrigin {
  /** With its database: `quantaxis.history`. */
  readonly collection: string;
  /** The document's own id as text. May be a getter: it is read only when something is wrong. */
  readonly documentId: string;
}

/** What is wrong with a document's figures: each of them is null. */
export interface FieldFaults {
  readonly origin: DocumentOrigin;
  /** By the name of the figure in our types: what was received at which path of the document, and what was wanted. */
  readonly reasons: FaultReasons;
}

export type FaultReasons = Readonly<Record<string, string>>;

/** Something of a document was left out of a list: what it is, or whose, cannot be told. */
export interface DataIssue {
  readonly origin: DocumentOrigin;
  readonly message: string;
}

/** Is told what a store had to leave out of its answer. */
export type DataReport = (issue: DataIssue) => void;

/** What may have been read from a document with faults. */
export interface Faulty {
  /** Absent when nothing is wrong, and when it is not known which document it was read from. */
  readonly faults?: FieldFaults;
}

/** The value itself when nothing is wrong with it, or its origin is not known. */
export function withFaults<Value extends object & Faulty>(
  value: Value,
  origin: DocumentOrigin | undefined,
  reasons: FaultReasons | undefined,
): Value {
  return origin === undefined || reasons === undefined ? value : { ...value, faults: { origin, reasons } };
}
