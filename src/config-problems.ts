import { quoted } from './domain/errors.ts';

/** The configuration cannot be used: one line per problem, each with the key, what was received and what was wanted. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      `${problems.length} problem${problems.length === 1 ? '' : 's'} in the configuration:\n${problems.join('\n')}`,
    );
    this.problems = problems;
  }
}

/** A received value as a problem line shows it: short, and without what may be a password. */
export function shown(received: unknown): string {
  if (received === undefined || received === null) return 'nothing';
  if (Array.isArray(received)) return `a list of ${received.length}`;
  if (typeof received === 'object') return 'a mapping';
  const text = String(received);
  const hasUserInfo = /:\/\/[^/]*@/.test(text);
  if (hasUserInfo) return '(hidden)';
  return typeof received === 'string' ? quoted(received) : text;
}

/** The name of `known` that `received` is a beginning of, else the one that takes the fewest single-character edits. */
export function nearestName(received: string, known: readonly string[]): string | undefined {
  const longer = known.find((name) => received.length > 2 && name.startsWith(received));
  if (longer !== undefined) return longer;
  return known.toSorted((a, b) => editDistance(received, a) - editDistance(received, b))[0];
}

/** Levenshtein's distance, by single rows of the table. Both texts are cut at 64 characters. */
export function editDistance(a: string, b: string): number {
  const target = b.slice(0, 64);
  let row = Array.from({ length: target.length + 1 }, (_, index) => index);
  for (const character of a.slice(0, 64)) {
    let diagonal = row[0] ?? 0;
    let left = diagonal + 1;
    const next = [left];
    for (let index = 1; index < row.length; index++) {
      const above = row[index] ?? 0;
      left = Math.min(left + 1, above + 1, diagonal + (target[index - 1] === character ? 0 : 1));
      next.push(left);
      diagonal = above;
    }
    row = next;
  }
  return row.at(-1) ?? 0;
}
