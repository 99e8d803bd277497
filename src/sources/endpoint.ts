/**
 * An address to ask: a template up to the question mark, in which {code} and {symbol} stand for what is asked about,
 * and a query, of which undefined values are left out.
 */
export function endpointUrl(
  template: string,
  { code = '', query = {} }: { readonly code?: string; readonly query?: Readonly<Record<string, string | undefined>> },
): URL {
  const url = new URL(template.replaceAll(/\{(?:code|symbol)\}/g, encodeURIComponent(code)));
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
  return url;
}
