import type { ConfigFile } from './config-file.ts';

const COMMON_KEYS = ['public', 'rest'] as const;
/** Addresses that only some venues have beside those of all. */
const FURTHER_KEYS: Readonly<Record<string, readonly string[]>> = {
  okx: ['business', 'private'],
  binance: ['private'],
  'binance-usdm': ['market'],
  bybit: ['private'],
  'bybit-linear': ['private'],
  'bybit-inverse': ['private'],
};

/** Addresses of gateways that their venues do not have: nobody would ever connect to them. */
export function findStrayUrls(gateways: ConfigFile['gateways']): string[] {
  return gateways.flatMap(({ venue, urls = {} }, index) => {
    const known: readonly string[] = [...COMMON_KEYS, ...(FURTHER_KEYS[venue] ?? [])];
    const stray = Object.keys(urls).filter((key) => !known.includes(key));
    return stray.map(
      (key) =>
        `gateways[${index}].urls.${key}: received an address that ${venue} does not have, wanted ${known.join(', ')}`,
    );
  });
}
