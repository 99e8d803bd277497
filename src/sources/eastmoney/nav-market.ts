import type { NavMarket } from '../../domain/series.ts';

/**
 * Which market's clock strikes a fund's NAV, by its name, the first that matches: what tracks Chinese companies listed
 * abroad has several; an index of mainland shares stays one when S&P or Hang Seng publishes it.
 */
const MARKETS_BY_NAME: readonly (readonly [RegExp, NavMarket])[] = [
  [/海外|中概|全球|亚太|东南亚|新兴|中韩|沙特|印度|越南|巴西/, 'MIXED'],
  [/A股|沪深|沪港深|中证(?!.*(?:港股通|香港))|上证|深证|创业板|科创/, 'CN'],
  [/恒生|港股|香港|H股|中国企业|红筹/, 'HK'],
  [/日经|东证|日本/, 'JP'],
  [/德国|法国|英国|欧洲|DAX|CAC/, 'EU'],
  [/纳斯达克|纳指|标普|道琼斯|道指|美国|罗素|油气/, 'US'],
  [/QDII/, 'MIXED'],
];

const LONGEST_NAME = 100;

/** Undefined for a name that tells nothing. */
export function navMarketOf(fundName: string): NavMarket | undefined {
  const name = fundName.slice(0, LONGEST_NAME);
  return MARKETS_BY_NAME.find(([pattern]) => pattern.test(name))?.[1];
}
