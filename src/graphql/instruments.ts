import { ASSET_TYPES } from '../domain/asset-rules.ts';
import { badUserInput } from '../domain/errors.ts';
import { describeInstrument, type InstrumentIdentity } from '../domain/instrument.ts';
import { describedInstrument } from './asked-instrument.ts';
import { builder } from './builder.ts';
import { describedEnum } from './described-enum.ts';

/** Codes that one query may name. */
const MAX_CODES = 200;

export const AssetTypeEnum = describedEnum('AssetType', {
  description:
    'What kind of thing a code names, as its spelling tells. New values may be added: keep a default branch.',
  values: ASSET_TYPES,
  meaning: {
    CHINA_INDEX: 'An index of Shanghai, Shenzhen, Beijing, CSI, CNI or Shenwan.',
    CHINA_ETF: 'A fund traded in Shanghai or Shenzhen whose units are created and redeemed.',
    CHINA_FUND: 'Any other mainland fund: LOF, REIT, closed or open-end.',
    CHINA_STOCK: 'A share listed in Shanghai, Shenzhen or Beijing.',
    CHINA_BOND: 'A bond or repo listed in Shanghai or Shenzhen.',
    HK_INDEX: 'An index of Hong Kong.',
    HK_STOCK: 'A share or fund listed in Hong Kong.',
    US_INDEX: 'An index of the United States.',
    US_STOCK: 'A share or fund listed in the United States.',
    GLOBAL_INDEX: 'An index of any other country.',
    FUTURES: 'A futures contract or a continuous series of them, of a Chinese or a foreign exchange.',
    CRYPTO: 'A pair of coins, or a coin and a currency.',
    FOREX: 'A pair of currencies.',
    UNKNOWN: 'The spelling does not tell, or tells several; the description names the candidates.',
  },
});

export const InstrumentNode = builder.objectRef<InstrumentIdentity>('Instrument');

builder.node(InstrumentNode, {
  description: 'code is the canonical form of what was asked; two spellings of one instrument are one Instrument.',
  id: { resolve: (instrument) => instrument.code },
  loadOne: (code) => {
    const instrument = describeInstrument(code);
    return instrument.code === code ? instrument : null;
  },
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Canonical code, such as 000300.SH.' }),
    assetType: t.expose('assetType', { type: AssetTypeEnum, description: 'What kind of thing it is.' }),
    assetTypeDescription: t.exposeString('description', {
      description: 'The kind in words, and what else the code could mean.',
    }),
    name: t.string({ nullable: true, description: 'Its name; null when no source knows one.', resolve: () => null }),
    exchange: t.exposeString('exchange', {
      nullable: true,
      description: 'Where it is listed; null when the code does not tell.',
    }),
    currency: t.exposeString('currency', {
      nullable: true,
      description: 'What its prices are in; null when the code does not tell.',
    }),
  }),
});

builder.queryFields((t) => ({
  instrument: t.field({
    type: InstrumentNode,
    description: 'Detects the asset type; answers for every code, UNKNOWN included.',
    args: {
      code: t.arg.string({ required: true, description: 'In any common spelling: 600000.SH, sh600000, 600000.XSHG.' }),
    },
    resolve: (_root, { code }, context) => describedInstrument(code, context),
  }),
  instruments: t.field({
    type: [InstrumentNode],
    description: 'At most 200 codes; as many items, in the order asked.',
    args: { codes: t.arg.stringList({ required: true, description: 'In any common spelling.' }) },
    resolve: (_root, { codes }, context) => atMostMaxCodes(codes).map((code) => describedInstrument(code, context)),
  }),
}));

/** The codes as they are, or BAD_USER_INPUT when there are more than one query may name. */
export function atMostMaxCodes(codes: readonly string[]): readonly string[] {
  if (codes.length > MAX_CODES) throw badUserInput(`received ${codes.length} codes, wanted at most ${MAX_CODES}`);
  return codes;
}
