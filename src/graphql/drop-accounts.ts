import { quoted } from '../domain/errors.ts';
import { ownsAccount, requireRole } from '../domain/viewer.ts';
import { AccountSourceEnum } from './accounts.ts';
import { builder } from './builder.ts';
import { errorType, Refusal } from './errors.ts';
import { encodeId, encodeKey } from './global-id.ts';
import { resultUnion } from './result-union.ts';

const MAX_ACCOUNTS = 100;

const DropAccountsInput = builder.inputType('DropAccountsInput', {
  description:
    'The accounts to drop. confirm repeats the number of accounts, so that a slip of the list is noticed. 1 to 100 accounts, exact names.',
  fields: (t) => ({
    accountCookies: t.stringList({ required: true, description: '1 to 100 exact names; no patterns.' }),
    source: t.field({
      type: AccountSourceEnum,
      required: true,
      description: 'The store to drop them from; the other one is left alone.',
    }),
    confirm: t.int({ required: true, description: 'How many names there are in accountCookies.' }),
  }),
});

/** What dropping accounts did. */
interface DroppedShape {
  readonly dropped: readonly string[];
  readonly droppedIds: readonly string[];
  readonly documents: number;
  readonly missing: readonly string[];
}

const DropAccountsSuccess = builder.objectRef<DroppedShape>('DropAccountsSuccess').implement({
  description: 'What was dropped. A copy is kept for 7 days.',
  fields: (t) => ({
    dropped: t.exposeStringList('dropped', {
      description: 'Names of the accounts that were dropped, in the order asked.',
    }),
    droppedIds: t.expose('droppedIds', {
      type: ['ID'],
      description: 'Their ids as Account.id had them, in the same order, so that a client can forget them.',
    }),
    documents: t.exposeInt('documents', {
      description:
        'Stored states that were deleted, one for each account and trading day; fills, orders and intraday balances go with them.',
    }),
    missing: t.exposeStringList('missing', { description: 'Names asked for that were not there, in the order asked.' }),
  }),
});

const DropAccountsRefused = errorType(
  'DropAccountsRefused',
  'Nothing was dropped: the list is empty, too long, names an account twice or does not match confirm.',
);

const DropAccountsResult = resultUnion('DropAccountsResult', {
  description: 'What was dropped, or why nothing was.',
  success: DropAccountsSuccess,
  refusals: [DropAccountsRefused],
});

builder.mutationField('dropAccounts', (t) =>
  t.field({
    type: DropAccountsResult,
    nullable: true,
    description: 'Deletes accounts with all their states, fills and orders from one store. Needs the role ADMIN.',
    args: { input: t.arg({ type: DropAccountsInput, required: true, description: 'Which accounts, and from where.' }) },
    resolve: async (_root, { input: { accountCookies, source, confirm } }, { viewer, accountDrops, now }) => {
      requireRole(viewer, 'ADMIN', 'dropping accounts');
      const problem = problemOf(accountCookies, confirm);
      if (problem !== undefined) {
        return new Refusal('DropAccountsRefused', { code: 'BAD_USER_INPUT', message: problem });
      }
      const own = accountCookies.filter((name) => ownsAccount(viewer, name));
      const { dropped, documents } =
        own.length === 0
          ? { dropped: [], documents: 0 }
          : await accountDrops.drop({
              source,
              accountCookies: own,
              requestedBy: viewer.subject,
              requestedAt: now(),
            });
      return {
        dropped,
        droppedIds: dropped.map((name) => encodeId('Account', encodeKey(source, name))),
        documents,
        missing: accountCookies.filter((name) => !dropped.includes(name)),
      };
    },
  }),
);

/** Why these names cannot be meant as they are, or undefined. */
function problemOf(names: readonly string[], confirm: number): string | undefined {
  if (names.length === 0 || names.length > MAX_ACCOUNTS) {
    return `received ${names.length} accountCookies, wanted 1 to ${MAX_ACCOUNTS}`;
  }
  const repeated = names.find((name, index) => names.indexOf(name) !== index);
  if (repeated !== undefined) return `received the account ${quoted(repeated)} twice, wanted each name once`;
  if (confirm === names.length) return undefined;
  return `received ${names.length} accountCookies and confirm ${confirm}, wanted both to be the same number`;
}
