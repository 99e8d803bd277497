import { counting } from '../counting.ts';
import type { Finding, Mark } from './finding.ts';

/** A finding with the name of its check. */
export interface CheckFinding extends Finding {
  readonly check: string;
}

export interface DoctorReport {
  readonly text: string;
  readonly json: string;
  readonly faults: number;
}

const WIDEST_MARK = 'fault'.length;
/** What would be obeyed by a terminal: control characters, and those that turn the direction of a line. */
const UNPRINTABLE = /[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** The same findings for people, a line each with what to paste below it, and for programs. */
export function describeFindings(findings: readonly CheckFinding[]): DoctorReport {
  const count = (wanted: Mark): number => findings.filter(({ mark }) => mark === wanted).length;
  const [faults, notes] = [count('fault'), count('note')];
  const lines = findings.flatMap(({ check, mark, text, paste }) => {
    const line = `${mark.padEnd(WIDEST_MARK)}  ${check}: ${printable(text)}`;
    return paste === undefined ? [line] : [line, `       ${paste}`];
  });
  return {
    text: `${lines.join('\n')}\n${counting(faults, 'fault')}, ${counting(notes, 'note')}\n`,
    json: `${JSON.stringify({ faults, notes, findings }, null, 2)}\n`,
    faults,
  };
}

function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, ' ');
}
