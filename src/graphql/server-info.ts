import { builder } from './builder.ts';
import type { PriceSourceFacts, ServerFacts, SourceHostFacts } from './context.ts';
import { describedEnum } from './described-enum.ts';
import { AssetTypeEnum } from './instruments.ts';

const TunnelStateEnum = describedEnum('TunnelState', {
  description: 'The SSH tunnel through which price sources can be asked.',
  values: ['DISABLED', 'DOWN', 'UP'],
  meaning: { DISABLED: 'None is configured.', DOWN: 'Configured, not connected.', UP: 'Connected and answering.' },
});

const SourceHost = builder.objectRef<SourceHostFacts>('PriceSourceHost').implement({
  description: 'A host that a price source asks.',
  fields: (t) => ({
    host: t.exposeString('host', { description: 'Its name, with the port where there is one.' }),
    failures: t.exposeInt('failures', { description: 'Failures since its last answer.' }),
    restsUntil: t.expose('restsUntil', {
      type: 'DateTime',
      nullable: true,
      description: 'Until when it is left alone, since it failed or refused; null when it may be asked.',
    }),
    latencyMs: t.exposeFloat('latencyMs', {
      nullable: true,
      description: 'How long its last answer took, in milliseconds; null before the first.',
    }),
  }),
});

const PriceSourceType = builder.objectRef<PriceSourceFacts>('PriceSource').implement({
  description: 'Where daily history comes from.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'The vendor, as `BarSeries.source` says it.' }),
    assetTypes: t.field({
      type: [AssetTypeEnum],
      description: 'What it is asked for.',
      resolve: (source) => [...source.assetTypes],
    }),
    isAvailable: t.exposeBoolean('isAvailable', { description: 'Whether it answered when it was last asked.' }),
    lastError: t.exposeString('lastError', {
      nullable: true,
      description: 'Why it last failed to answer; null when it did not.',
    }),
    hosts: t.field({
      type: [SourceHost],
      description: 'The hosts that it has asked since the start; none for a folder.',
      resolve: (source) => [...source.hosts],
    }),
  }),
});

builder.queryField('serverInfo', (t) =>
  t.field({
    type: builder.objectRef<ServerFacts>('ServerInfo').implement({
      description: 'What runs here.',
      fields: (f) => ({
        name: f.exposeString('name', { description: '`deskgraph`.' }),
        version: f.exposeString('version', { description: 'Of the server, as in package.json.' }),
        startedAt: f.expose('startedAt', { type: 'DateTime', description: 'When the process started.' }),
        schemaHash: f.exposeString('schemaHash', {
          description: 'SHA-256 of the printed schema: changes when and only when the schema does.',
        }),
        store: f.exposeString('store', { description: 'Where accounts are kept: `sqlite` or `mongodb`.' }),
        bus: f.exposeString('bus', { description: 'What carries events: `memory` or `redis`.' }),
        sources: f.field({
          type: [PriceSourceType],
          description: 'Price sources, preferred ones first.',
          resolve: (server) => [...server.sources()],
        }),
        tunnel: f.field({
          type: TunnelStateEnum,
          description: 'The state of the SSH tunnel.',
          resolve: (server) => server.tunnel(),
        }),
        tunnelError: f.string({
          nullable: true,
          description: 'Why the SSH tunnel is down; null when it is not, or has not been tried yet.',
          resolve: (server) => server.tunnelError(),
        }),
        tradingEnabled: f.exposeBoolean('tradingEnabled', {
          description: 'Whether real venues take orders. The paper venue always does.',
        }),
      }),
    }),
    description: 'What runs here.',
    resolve: (_root, _args, { server }) => server,
  }),
);
