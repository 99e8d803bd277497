import { ROLES, type Viewer } from '../domain/viewer.ts';
import { builder } from './builder.ts';
import { describedEnum } from './described-enum.ts';
import { encodeId } from './global-id.ts';

export const RoleEnum = describedEnum('Role', {
  description: 'What a caller may do. Roles are a set.',
  values: ROLES,
  meaning: {
    VIEWER: 'Reads accounts that are theirs, and all market data.',
    TRADER: 'Places and cancels orders of accounts that are theirs.',
    OPERATOR: 'Runs commands, keeps schedules, switches gateways, refreshes and clears the cache.',
    ADMIN: 'Everything, other users and dropping accounts included.',
  },
});

export const ViewerType = builder.objectRef<Viewer>('Viewer').implement({
  description: 'Who asks.',
  fields: (t) => ({
    id: t.id({ description: 'Opaque; a cache key only.', resolve: (viewer) => encodeId('Viewer', viewer.subject) }),
    subject: t.exposeString('subject', {
      description: 'The name in the token; `local` on a server without access control.',
    }),
    roles: t.field({
      type: [RoleEnum],
      description: 'What the caller may do.',
      resolve: (viewer) => [...viewer.roles],
    }),
    accountPatterns: t.stringList({
      description: 'Whose accounts the caller sees: account names, `*` standing for any run of characters.',
      resolve: (viewer) => [...viewer.accountPatterns],
    }),
    expiresAt: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'When the token ends; null when it does not.',
      resolve: (viewer) => viewer.expiresAt ?? null,
    }),
  }),
});

builder.queryField('viewer', (t) =>
  t.field({
    type: ViewerType,
    nullable: true,
    description: 'Who asks; null when nobody is logged in.',
    resolve: (_root, _args, { viewer }) => viewer,
  }),
);
