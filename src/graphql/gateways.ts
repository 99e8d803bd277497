import { notFound, quoted } from '../domain/errors.ts';
import type { Gateway as GatewayStatus } from '../domain/gateway.ts';
import { pageOf } from '../domain/page.ts';
import type { SharedDelivery } from '../domain/stream.ts';
import { requireRole } from '../domain/viewer.ts';
import { builder } from './builder.ts';
import { pageArguments } from './connection.ts';
import { ContractConnection, ContractReport, contractsLike } from './contracts.ts';
import { NotFound, Refusal } from './errors.ts';
import { GatewayConnection, GatewayStateEnum } from './gateway-connections.ts';
import { gatewayOf } from './market-streams.ts';
import { resultUnion } from './result-union.ts';

const Gateway = builder.objectRef<GatewayStatus>('Gateway');

builder.node(Gateway, {
  description:
    'A session with a venue, as configured: one to several sockets and a REST client. CONNECTED when all it needs is up.',
  id: { resolve: (gateway) => gateway.name },
  loadOne: (name, { gateways }) => gateways.find((each) => each.name === name)?.status() ?? null,
  fields: (t) => ({
    name: t.exposeString('name', { description: 'As configured; what is passed as `gateway`.' }),
    venue: t.exposeString('venue', {
      description: 'The exchange that it talks to, such as okx; `paper` is the simulated one.',
    }),
    accountCookie: t.exposeString('accountCookie', {
      nullable: true,
      description: 'Whose orders the private socket carries; null for a gateway with market data only.',
    }),
    tradingEnabled: t.exposeBoolean('tradingEnabled', {
      description: 'Whether it takes orders, once it is CONNECTED.',
    }),
    state: t.expose('state', { type: GatewayStateEnum, description: 'Where the gateway as a whole stands.' }),
    stateReason: t.exposeString('stateReason', {
      nullable: true,
      description: 'Why it stands there, for people; null when the state says it all.',
    }),
    stateSince: t.expose('stateSince', { type: 'DateTime', description: 'When it came into this state.' }),
    lastMessageAt: t.expose('lastMessageAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When the last frame or reply came in on any connection; null before the first.',
    }),
    connections: t.expose('connections', {
      type: [GatewayConnection],
      extensions: { isSameForAll: true },
      description: 'Its sockets and its REST clients, in a fixed order.',
    }),
    contracts: t.field({
      type: ContractConnection,
      nullable: true,
      description:
        "The stored contract list, by symbol, ascending; null where the venue's list is not read, empty before the first check.",
      args: {
        ...pageArguments(t.arg),
        search: t.arg.string({ description: 'Only contracts with this text in symbol, base or quote, in any case.' }),
      },
      resolve: async ({ name }, { search, ...page }, { gateways }) => {
        const session = gateways.find((each) => each.name === name);
        const terms = await session?.contracts?.list();
        if (terms === undefined) return null;
        const contracts = terms.map((each) => ({ gateway: name, ...each }));
        return pageOf(search == null ? contracts : contractsLike(contracts, search), page, ({ symbol }) => symbol);
      },
    }),
    contractReport: t.expose('contractReport', {
      type: ContractReport,
      nullable: true,
      extensions: { isSameForAll: true },
      description: "The last comparison of the venue's list with the stored one; null before the first.",
    }),
  }),
});

builder.queryFields((t) => ({
  gateways: t.field({
    type: [Gateway],
    description: 'Every configured gateway, in the order of the configuration; [] when there is none.',
    resolve: (_root, _args, { gateways }) => gateways.map((gateway) => gateway.status()),
  }),
  gateway: t.field({
    type: Gateway,
    nullable: true,
    description: 'One gateway; null when none of that name is configured.',
    args: { name: t.arg.string({ required: true, description: 'As configured.' }) },
    resolve: (_root, { name }, { gateways }) => gateways.find((each) => each.name === name)?.status() ?? null,
  }),
}));

const SetGatewayEnabledResult = resultUnion('SetGatewayEnabledResult', {
  description: 'The gateway as it stands after the change, or NotFound.',
  success: Gateway,
  refusals: [NotFound],
});

builder.mutationField('setGatewayEnabled', (t) =>
  t.field({
    type: SetGatewayEnabledResult,
    nullable: true,
    description:
      'Switches a gateway on or off: off closes its sockets and refuses orders, open orders stay at the venue. Needs the role OPERATOR.',
    args: {
      name: t.arg.string({ required: true, description: 'Name of a gateway, as configured.' }),
      isEnabled: t.arg.boolean({ required: true, description: 'true connects, false disconnects.' }),
    },
    resolve: async (_root, { name, isEnabled }, { gateways, viewer }) => {
      requireRole(viewer, 'OPERATOR', 'switching gateways');
      const session = gateways.find((each) => each.name === name);
      if (session === undefined) return new Refusal('NotFound', notFound(`there is no gateway ${quoted(name)}`));
      await session.setEnabled(isEnabled);
      return session.status();
    },
  }),
);

const delivery: SharedDelivery<GatewayStatus> = { kind: 'CONFLATED', keyOf: ({ name }) => name };

builder.subscriptionField('gatewayStatus', (t) =>
  t.field({
    type: Gateway,
    description:
      'Each change of state of a gateway or of one of its connections. Conflated: first the present value of each gateway, then the newest.',
    args: { name: t.arg.string({ description: 'Only this gateway; all when absent.' }) },
    extensions: { delivery },
    subscribe: (_root, { name }, context) =>
      context.bus.gatewayStatus.subscribe({
        keys: name == null ? context.gateways.map((gateway) => gateway.name) : [gatewayOf(context, name).name],
      }),
    resolve: (gateway) => gateway,
  }),
);
