/** Ascending by code units, as pages are cut: SQLite compares text by UTF-8 bytes, which differs beyond U+FFFF. */
export function inCodeUnits(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
