import type { Day } from '../../domain/day.ts';
import { withTwoDigitYear } from '../../domain/futures-month.ts';
import type { InstrumentIdentity } from '../../domain/instrument.ts';

/** Which of Sina's two services has it, and under which name. */
export interface SinaSymbol {
  readonly service: 'futuresDaily' | 'globalFuturesDaily';
  readonly symbol: string;
}

/** Continuous series of foreign products by canonical code; from akshare's list of Sina's names (MIT). */
const FOREIGN: ReadonlyMap<string, string> = new Map([
  ['CL.NYM', 'CL'],
  ['NG.NYM', 'NG'],
  ['GC.CMX', 'GC'],
  ['SI.CMX', 'SI'],
  ['HG.CMX', 'HG'],
  ['ZC.CBT', 'C'],
  ['ZS.CBT', 'S'],
  ['ZW.CBT', 'W'],
  ['ZL.CBT', 'BO'],
  ['ZM.CBT', 'SM'],
  ['HE.CME', 'LHC'],
  ['CA.LME', 'CAD'],
  ['AH.LME', 'AHD'],
  ['ZS.LME', 'ZSD'],
  ['NI.LME', 'NID'],
  ['PB.LME', 'PBD'],
  ['SN.LME', 'SND'],
]);

const CHINESE = /^([A-Z]{1,3})(L8|\d{3,4})?\.(?:SHF|DCE|ZCE|CFX|INE|GFE)$/;

/**
 * AU0 is the main contracts of a product one after the other, the gaps between them left in; AU2512 one contract.
 * `today` decides the decade of a contract of Zhengzhou. Undefined for what Sina does not have.
 */
export function sinaSymbolOf({ code, assetType }: InstrumentIdentity, today: Day): SinaSymbol | undefined {
  if (assetType !== 'FUTURES') return undefined;
  const foreign = FOREIGN.get(code);
  if (foreign !== undefined) return { service: 'globalFuturesDaily', symbol: foreign };
  const [, product, contract] = CHINESE.exec(withTwoDigitYear(code, today)) ?? [];
  if (product === undefined) return undefined;
  const month = contract === undefined || contract === 'L8' ? '0' : contract;
  return { service: 'futuresDaily', symbol: `${product}${month}` };
}
