/** So many of a thing, in words: `1 fault`, `2 faults`. */
export function counting(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
