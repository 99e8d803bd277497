import { describe, expect, it } from 'vitest';
import { toOrderRequest } from '../../src/domain/order-form.ts';
import { orderOfRequest } from '../../src/domain/order-join.ts';
import { LOCAL_VIEWER, type Role } from '../../src/domain/viewer.ts';
import type { AccountSession } from '../../src/exchanges/gateways.ts';
import { createExecution } from '../../src/execution/execution.ts';
import { buildSchema } from '../../src/graphql/schema.ts';

const PLACE = `mutation { placeOrder(input: {
  gateway: "okx", accountCookie: "okx-main", symbol: "BTC-USDT", side: BUY, volume: "1", price: "2", clientOrderId: "a"
}) { __typename ... on OrderRejected { code } } }`;
const CANCEL = `mutation { cancelOrder(input: { accountCookie: "okx-main", clientOrderId: "a" }) { __typename } }`;
const REQUEST = toOrderRequest({
  ...{ gateway: 'okx', accountCookie: 'okx-main', symbol: 'BTC-USDT', side: 'BUY', type: 'LIMIT', volume: '1' },
  ...{ price: '2', offset: 'NONE', reduceOnly: false, clientOrderId: 'a' },
});
const execution = createExecution({ schema: buildSchema() });

/** What was asked of the account okx-main by a viewer with these roles, who holds these accounts. */
async function ask(document: string, roles: readonly Role[], accountPatterns: readonly string[]) {
  const asked: string[] = [];
  const outcome = { type: 'ORDER', order: orderOfRequest(REQUEST, 'UNKNOWN', 0) } as const;
  const account: AccountSession = {
    ...{ accountCookie: 'okx-main', hasCompared: true },
    placeOrder: async ({ clientOrderId }) => {
      asked.push(`place ${clientOrderId}`);
      return outcome;
    },
    cancelOrder: async ({ clientOrderId }) => {
      asked.push(`cancel ${clientOrderId}`);
      return outcome;
    },
    order: async () => undefined,
    openOrders: async () => [],
  };
  const { data, errors } = await execution.execute({
    document: execution.parse(document),
    contextValue: {
      viewer: { ...LOCAL_VIEWER, roles, accountPatterns },
      gateways: [{ name: 'okx', account }],
      now: () => 0,
    },
  });
  const codes = errors?.map(({ originalError }) => (originalError as { code?: string }).code);
  return { data, codes, asked };
}

describe.each([
  ['placing', PLACE, 'placeOrder', 'place a', { __typename: 'OrderRejected', code: 'BAD_USER_INPUT' }],
  ['cancelling', CANCEL, 'cancelOrder', 'cancel a', { __typename: 'NotFound' }],
])('%s an order', (_, document, field, wanted, foreign) => {
  it('is for the role TRADER, and ADMIN, which implies it', async () => {
    for (const roles of [['TRADER'], ['ADMIN']] as const) {
      expect((await ask(document, roles, ['okx-*'])).asked).toEqual([wanted]);
    }
    for (const roles of [['VIEWER'], ['OPERATOR'], ['VIEWER', 'OPERATOR'], []] as const) {
      const { codes, asked } = await ask(document, roles, ['*']);
      expect([codes, asked]).toEqual([['FORBIDDEN'], []]);
    }
  });

  it('is for an account that the caller holds: any other is as if it were not there', async () => {
    for (const patterns of [['other'], ['okx'], []]) {
      const { data, codes, asked } = await ask(document, ['TRADER'], patterns);
      expect([data, codes, asked]).toEqual([{ [field]: foreign }, undefined, []]);
    }
  });
});
