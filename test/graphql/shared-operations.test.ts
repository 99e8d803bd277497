import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type DocumentNode, getOperationAST, OperationTypeNode, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { sharedDeliveryOf, sharedRespondingOf } from '../../src/execution/shared-delivery.ts';
import { buildSchema } from '../../src/graphql/schema.ts';

const FOLDER = join(import.meta.dirname, '../../schema/operations');
const schema = buildSchema();

function isShared(document: DocumentNode): boolean {
  const operation = getOperationAST(document);
  if (operation == null) throw new Error('received no operation');
  const delivery = sharedDeliveryOf(schema, document, operation);
  return (delivery ?? sharedRespondingOf(schema, document, operation)) !== undefined;
}

describe('a subscription', () => {
  const supplied = readdirSync(FOLDER)
    .map((name) => ({ name, document: parse(readFileSync(join(FOLDER, name), 'utf8')) }))
    .filter(({ document }) => getOperationAST(document)?.operation === OperationTypeNode.SUBSCRIPTION);

  it.each(supplied)('that comes with the server is shared: $name', ({ document }) => {
    expect(isShared(document)).toBe(true);
  });

  it.each([
    'gatewayStatus { name state connections { kind state latencyMs } }',
    'positionUpdates(accountCookie: "a") { seq position { instrumentId volumeLong } }',
    'balanceUpdates(accountCookie: "a") { currency total available }',
    'orderEvents(accountCookie: "a") { ... on OrderEvent { order { id status } fill { price } } ... on OrderSnapshot { orders { id } } }',
  ])('is shared: %s', (field) => {
    expect(isShared(parse(`subscription { ${field} }`))).toBe(true);
  });

  it('has a way of being shared, whichever field it follows', () => {
    const fields = Object.values(schema.getSubscriptionType()?.getFields() ?? {});
    const alone = fields.filter(({ extensions }) => !('delivery' in extensions) && !('sharedResponses' in extensions));
    expect(fields.length).toBeGreaterThan(5);
    expect(alone.map(({ name }) => name)).toEqual([]);
  });
});
