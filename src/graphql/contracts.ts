import type {
  ContractChange as Change,
  Contract as ContractRow,
  ContractReport as Report,
} from '../domain/contract.ts';
import { builder } from './builder.ts';
import { connectionType } from './connection.ts';
import { NotFound } from './errors.ts';
import { encodeId, encodeKey } from './global-id.ts';
import { resultUnion } from './result-union.ts';
import { unavailable } from './unavailable.ts';

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
    listed: t.exposeBoolean('listed', {
      description: 'Whether the venue lists it now; a contract that is gone stays, unlisted.',
    }),
  }),
});

export const ContractConnection = connectionType(Contract, 'Contracts by symbol, ascending, a page at a time.');

const ContractChange = builder.objectRef<Change>('ContractChange').implement({
  description: "One field in which the venue's contract differs from the stored one.",
  fields: (t) => ({
    symbol: t.exposeString('symbol', { description: "The contract, by the venue's own name." }),
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
      description: 'What differs in contracts that both have, by symbol.',
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
      "Fetches the venue's list and compares; accept stores it and lifts CONTRACTS_MISMATCH. Needs the role OPERATOR.",
    args: {
      gateway: t.arg.string({ required: true, description: 'Name of a gateway, as configured.' }),
      accept: t.arg.boolean({
        required: true,
        defaultValue: false,
        description: "Whether the venue's list becomes the stored one.",
      }),
    },
    resolve: unavailable('checking contracts'),
  }),
);
