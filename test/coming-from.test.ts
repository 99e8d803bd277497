import { existsSync, readFileSync } from 'node:fs';
import { buildSchema, parse, validate } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDeskgraph, type TestDeskgraph } from './support/deskgraph.ts';

const root = new URL('../', import.meta.url);
const text = readFileSync(new URL('docs/coming-from.md', root), 'utf8');
const schema = buildSchema(readFileSync(new URL('schema/schema.graphql', root), 'utf8'));

const NOT_YET = 'not in this version yet';

interface Row {
  readonly operations: readonly string[];
  readonly isLater: boolean;
}

const rows: readonly Row[] = text
  .split('\n')
  .filter((line) => line.startsWith('| '))
  .map((line) => ({
    operations: [...line.matchAll(/`((?:\{|mutation|subscription) [^`]*\})`/g)].map(([, operation = '']) => operation),
    isLater: line.includes(NOT_YET),
  }));

const operations = rows.flatMap(({ operations }) => operations);
const isAsked = (operation: string): boolean => !operation.startsWith('subscription');
const asked = rows.flatMap(({ operations, isLater }) =>
  operations.filter(isAsked).map((operation) => ({ operation, isLater })),
);

/** What the three servers offered, as the first cells of the tables name it. */
const OFFERED = [
  ['GET `/` ', 2],
  ['GET `/user`', 1],
  ['GET `/qifi` `action=acchistory`', 1],
  ['GET `/qifi` `action=monthprofit`', 1],
  ['GET `/qifi` `action=historytrade`', 1],
  ['GET `/qifi` `action=holdingpanel`', 1],
  ['GET `/qifis` `action=accountlist`', 1],
  ['GET `/qifis` `action=portfoliolist`', 1],
  ['GET `/qifis` `action=accountinportfolio`', 1],
  ['POST `/qifis` `action=drop_account`', 1],
  ['POST `/qifis` `action=drop_many`', 1],
  ['GET `/qifirealtime` `action=accountlist`', 1],
  ['GET `/qifirealtime` `action=portfoliolist`', 1],
  ['GET `/qifirealtime` `action=accountinportfolio`', 1],
  ['POST `/qifirealtime` `action=drop_account`, `drop_many`', 1],
  ['GET `/scheduler/map` `action=add`', 1],
  ['GET `/scheduler/map` `action=remove`', 1],
  ['GET `/scheduler/query`', 1],
  ['POST `/command/run`', 1],
  ['WebSocket `/command/runws`', 1],
  ['WebSocket `/command/runbacktest`', 1],
  ['GET `/stream`', 1],
  ['event `order`', 1],
  ['GET `/health`', 1],
  ['GET `/api/v1/asset-type', 1],
  ['GET `/api/v1/ohlcv?', 1],
  ['POST `/api/v1/ohlcv/batch`', 1],
  ['GET `/api/v1/etf/nav', 1],
  ['POST `/api/v1/cache/clear`', 1],
  ['GET `/api/v1/cache/stats`', 1],
] as const;

describe('the page for those who come from another server', () => {
  let desk: TestDeskgraph;
  beforeAll(async () => {
    desk = await startDeskgraph({ isClockRunning: true });
  });
  afterAll(() => desk.close());

  it.each(operations)('shows an operation of the schema: %s', (operation) => {
    expect(validate(schema, parse(operation))).toEqual([]);
  });

  it.each(asked.filter(({ isLater }) => !isLater))('shows what works: $operation', async ({ operation }) => {
    const { data, errors } = await desk.ask(operation);
    expect(errors).toEqual([]);
    for (const value of Object.values<object | null>(data)) {
      expect(value).not.toBeNull();
      if (operation.includes('OrderRejected')) expect(value).toHaveProperty('status');
    }
  });

  it.each(asked.filter(({ isLater }) => isLater))('says of what is to come that it is: $operation', async (row) => {
    const { errors } = await desk.ask(row.operation);
    expect(errors.map(({ extensions }) => extensions.code)).toEqual(['NOT_AVAILABLE']);
  });

  it.each(OFFERED)('has a row for %s', (offered, count) => {
    expect(text.split('\n').filter((line) => line.startsWith(`| ${offered}`))).toHaveLength(count);
  });

  it('links only what is there', () => {
    const linked = [...text.matchAll(/\]\(([^)#]+)\)/g)].map(([, path = '']) => path);
    expect(linked.length).toBeGreaterThan(0);
    for (const path of linked) expect(existsSync(new URL(`docs/${path}`, root)), path).toBe(true);
  });
});
