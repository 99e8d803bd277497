/**
 * Whether an If-None-Match header names the tag, so that the client has the answer already (RFC 9110, 13.1.2): compared
 * weakly, a `*` stands for every tag.
 */
export function isMatched(tag: string, ifNoneMatch: string | undefined): boolean {
  if (ifNoneMatch === undefined) return false;
  if (ifNoneMatch.trim() === '*') return true;
  const opaque = tag.replace(/^W\//, '');
  return ifNoneMatch.match(/"[^"]*"/g)?.some((listed) => listed === opaque) ?? false;
}
