import type { ServerProcess } from './server-process.ts';

/** Rows of the query that all our figures and those of other servers are about. */
export const ROWS = 2654;

const CODE = '510300.SH';
const DATES = `query($start: Date!, $end: Date!) { bars(code: "${CODE}", start: $start, end: $end) { bars { date } } }`;
const ALL_FIELDS = 'date open high low close volume amount';

/** The body of a request for the newest rows of the demo's series, with all seven fields. */
export async function barsRequestBody({ url }: ServerProcess): Promise<string> {
  const dates = parseDates(await ask(url, { query: DATES, variables: { start: '1990-01-01', end: '2099-12-31' } }));
  const [start, end] = [dates.at(-ROWS), dates.at(-1)];
  if (start === undefined) throw new Error(`received ${dates.length} rows of ${CODE}, wanted at least ${ROWS}`);
  return JSON.stringify({ query: DATES.replace('{ date }', `{ ${ALL_FIELDS} }`), variables: { start, end } });
}

/** The same query for columns. */
export function asColumns(body: string): string {
  return body.replace('{ bars {', '{ columns {');
}

/** The answer as it is, not compressed. */
export async function answerOf({ url }: ServerProcess, body: string): Promise<Buffer> {
  const headers = { 'content-type': 'application/json', 'accept-encoding': 'identity' };
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body });
  return Buffer.from(await response.arrayBuffer());
}

async function ask(url: string, body: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/graphql`, { method: 'POST', headers, body: JSON.stringify(body) });
  return response.json();
}

function parseDates(answer: unknown): string[] {
  // Whatever is not the answer that the query asks for ends in the error below.
  const rows = (answer as { data?: { bars?: { bars?: readonly { date: string }[] } | null } | null }).data?.bars?.bars;
  if (rows === undefined) throw new Error(`received ${JSON.stringify(answer).slice(0, 300)}, wanted bars`);
  return rows.map(({ date }) => date);
}
