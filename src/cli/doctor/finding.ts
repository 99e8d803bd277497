/** ok: as it should be. note: worth knowing, and everything works. fault: something does not work. */
export type Mark = 'ok' | 'note' | 'fault';

/** What a check found. */
export interface Finding {
  readonly mark: Mark;
  /** One line, without secrets and without anything of a stored document but names and ids. */
  readonly text: string;
  /** A line that a person may run, if that is what they want. */
  readonly paste?: string;
}

export function ok(text: string): Finding {
  return { mark: 'ok', text };
}

export function note(text: string, paste?: string): Finding {
  return paste === undefined ? { mark: 'note', text } : { mark: 'note', text, paste };
}

export function fault(text: string): Finding {
  return { mark: 'fault', text };
}

/** Looks at one thing, reads only, and finds at least one thing about it unless it is not there at all. */
export interface Check<Subject> {
  readonly name: string;
  look(subject: Subject): Promise<readonly Finding[]>;
}
