import type { SQLOutputValue } from 'node:sqlite';

export type Row = Record<string, SQLOutputValue>;

export function toText(value: SQLOutputValue | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

export function toNumber(value: SQLOutputValue | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

/** Fails with an Error for what is none of the members: the file was written by something else. */
export function memberOf<const Member extends string>(
  members: readonly Member[],
  value: SQLOutputValue | undefined,
): Member {
  const member = members.find((each) => each === value);
  if (member === undefined) throw new Error(`the store holds ${String(value)}, wanted one of ${members.join(', ')}`);
  return member;
}
