import {
  type ContractChange as Change,
  CONTRACT_CHANGE_KINDS,
  type Contract as ContractRow,
  type ContractReport as Report,
} from '../domain/contract.ts';
import { notAvailable, notFound, quoted } from '../domain/errors.ts';
import { requireRole } from '../domain/viewer.ts';
import { builder } from './builder.ts';
import { connectionType } from './connection.ts';
import { describedEnum } from './described-enum.ts';
import { NotFound, Refusal } from './errors.ts';
import { encodeId, encodeKey } from './global-id.ts';
import { resultUnion } from './result-union.ts';

export const Contract = builder.objectRef<ContractRow>('Contract').implement({
  description: 'What a venue lists for trading: a pair of coins, a swap, a future or an option.',
  fields: (t) => ({
    id: t.id({
      description: 'Opaque; a cache key only.',
      resolve: ({ gateway, symbol }) => encodeId('Contract', encodeKey(gateway, symbol)),
    }),
    symbol: t.exposeString('symbol', { description: "The venue's own name, such as BTC-USDT." }),
    base: t.exposeString('base', {
      nullable: true,
      description: 'The coin that is bought and sold; null when the venue does not say.',
    }),
    quote: t.exposeString('quote', {
      nullable: true,
      description: 'What prices are in; null when the venue does not say.',
    }),
    kind: t.exposeString('kind', {
      nullable: true,
      description: "What is traded, in the venue's own word, such as SPOT or SWAP.",
    }),
    tickSize: t.expose('tickSize', {
      type: 'Decimal',
      nullable: true,
      description: 'Step of prices, in quote currency.',
    }),
    lotSize: t.expose('lotSize', {
      type: 'Decimal',
      nullable: true,
      description: 'Step of order volumes, in base coins or contracts.',
    }),
    contractSize: t.expose('contractSize', {
      type: 'Decimal',
      nullable: true,
      description: 'What one contract stands for; null where volumes are in base coins.',
    }),
    expiresAt: t.expose('expiresAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it is delivered or exercised; null for what does not end.',
    }),
    listed: t.exposeBoolean('listed', {
      description:
        'Whether the venue listed it, open for trading, when the list was stored; a contract that is gone stays, unlisted.',
    }),
  }),
});

export const ContractConnection = connectionType(Contract, 'Contracts by symbol, ascending, a page at a time.');

const ContractChangeKindEnum = describedEnum('ContractChangeKind', {
  description: 'How a contract came to differ from the stored one. New values may be added: keep a default branch.',
  values: CONTRACT_CHANGE_KINDS,
  meaning: {
    PRICE_STEP: 'tickSize is another: prices may have to be rounded otherwise.',
    LOT_STEP: 'lotSize is another: volumes may have to be rounded otherwise.',
    CONTRACT_SIZE: 'contractSize is another: the same volume is worth something else.',
    STATE: 'listed is another: it is suspended, delisted or back again.',
    TERMS: 'base, quote or kind is another: under this symbol something else is traded.',
    EXPIRY: 'expiresAt is another.',
    RENAMED: 'It trades the same under another symbol, which `venue` has.',
  },
});

const ContractChange = builder.objectRef<Change>('ContractChange').implement({
  description: "One field in which the venue's contract differs from the stored one.",
  fields: (t) => ({
    kind: t.expose('kind', { type: ContractChangeKindEnum, description: 'What the difference means.' }),
    symbol: t.exposeString('symbol', { description: "The contract, by the venue's own name as it is stored." }),
    field: t.exposeString('field', { description: 'The field of Contract that differs, such as tickSize.' }),
    stored: t.exposeString('stored', {
      nullable: true,
      description: 'The stored value as text; null when there is none.',
    }),
    venue: t.exposeString('venue', {
      nullable: true,
      description: "The venue's value as text; null when it sent none.",
    }),
  }),
});

export const ContractReport = builder.objectRef<Report>('ContractReport').implement({
  description: "The venue's contract list held against the stored one.",
  fields: (t) => ({
    checkedAt: t.expose('checkedAt', { type: 'DateTime', description: "When the venue's list was fetched." }),
    matching: t.exposeInt('matching', { description: 'Contracts that are the same in both.' }),
    added: t.exposeStringList('added', { description: 'Symbols that only the venue has, ascending.' }),
    removed: t.exposeStringList('removed', { description: 'Symbols that only the stored list has, ascending.' }),
    changed: t.expose('changed', {
      type: [ContractChange],
      description: 'What differs in contracts that both have, by symbol; one that was renamed is among them.',
    }),
    blocked: t.exposeStringList('blocked', {
      description:
        'Symbols, ascending, for which orders are refused until the differences are accepted; [] under another policy than block.',
    }),
    acceptedAt: t.expose('acceptedAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When these differences were stored; null as long as they are not, and when there are none.',
    }),
  }),
});

const CheckContractsResult = resultUnion('CheckContractsResult', {
  description: 'The comparison, or NotFound when there is no such gateway.',
  success: ContractReport,
  refusals: [NotFound],
});

builder.mutationField('checkContracts', (t) =>
  t.field({
    type: CheckContractsResult,
    nullable: true,
    description:
      "Fetches the venue's list and compares; accept stores it and lifts CONTRACTS_MISMATCH. NOT_AVAILABLE where the venue's list is not read. Needs the role OPERATOR.",
    args: {
      gateway: t.arg.string({ required: true, description: 'Name of a gateway, as configured.' }),
      accept: t.arg.boolean({
        required: true,
        defaultValue: false,
        description: "Whether the venue's list becomes the stored one.",
      }),
    },
    resolve: async (_root, { gateway, accept }, { gateways, viewer }) => {
      requireRole(viewer, 'OPERATOR', 'checking contracts');
      const session = gateways.find((each) => each.name === gateway);
      if (session === undefined) return new Refusal('NotFound', notFound(`there is no gateway ${quoted(gateway)}`));
      if (session.contracts === undefined) throw notAvailable(`checking the contracts of ${quoted(gateway)}`);
      return session.contracts.check({ accept });
    },
  }),
);

/** What a page of contracts is narrowed to: those of which symbol, base or quote has the text, in any case. */
export function contractsLike(contracts: readonly ContractRow[], search: string): readonly ContractRow[] {
  const wanted = search.toLowerCase();
  return contracts.filter(({ symbol, base, quote }) =>
    [symbol, base, quote].some((text) => text?.toLowerCase().includes(wanted)),
  );
}
