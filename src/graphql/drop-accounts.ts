import { AccountSourceEnum } from './accounts.ts';
import { builder } from './builder.ts';
import { errorType } from './errors.ts';
import { resultUnion } from './result-union.ts';
import { unavailable } from './unavailable.ts';

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
    documents: t.exposeInt('documents', { description: 'Stored documents that were deleted.' }),
    missing: t.exposeStringList('missing', { description: 'Names asked for that were not there, in the order asked.' }),
  }),
});

const DropAccountsRefused = errorType(
  'DropAccountsRefused',
  'Nothing was dropped: the list is empty, too long or does not match confirm.',
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
    resolve: unavailable('dropping accounts'),
  }),
);
