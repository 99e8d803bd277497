/** Stands for a figure that nobody has told. */
export const NO_FIGURE = '–';

/** Thousands apart, every digit kept: decimal text never becomes a number. */
export function groupDigits(decimal: string | null): string {
  if (decimal === null) return NO_FIGURE;
  const [whole = '', fraction] = decimal.replace('-', '−').split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

const MOST_AVERAGE_DECIMALS = 8;

/** Grouped and cut, not rounded, to as many decimals as help: an average has digits that no price has. */
export function shortAverage(decimal: string | null): string {
  if (decimal === null) return NO_FIGURE;
  const [whole = '', fraction = ''] = decimal.split('.');
  const wanted = whole === '0' ? fraction.search(/[1-9]/) + 3 : Math.max(0, MOST_AVERAGE_DECIMALS - whole.length);
  const kept = fraction.slice(0, wanted).replace(/0+$/, '');
  return groupDigits(kept === '' ? whole : `${whole}.${kept}`);
}

/** The shortest digits that a double stands for, without an exponent and without thousands apart. */
export function toDecimal(value: number): string {
  return value.toLocaleString('en-US', { useGrouping: false, maximumSignificantDigits: 15 });
}

export function formatNumber(value: number | null | undefined, decimals: number): string {
  if (value === null || value === undefined) return NO_FIGURE;
  const text = groupDigits(value.toFixed(decimals));
  return /[1-9]/.test(text) ? text : text.replace('−', '');
}

/** With a sign in front unless it shows as zero. */
export function formatSigned(value: number | null | undefined, decimals: number): string {
  const text = formatNumber(value, decimals);
  return /[1-9]/.test(text) && !text.startsWith('−') ? `+${text}` : text;
}

/** A fraction of one in hundredths, with a sign. */
export function formatSignedPercent(ratio: number | null | undefined, decimals: number): string {
  return ratio === null || ratio === undefined ? NO_FIGURE : `${formatSigned(ratio * 100, decimals)} %`;
}

/** A fraction of one in hundredths. */
export function formatPercent(ratio: number | null | undefined, decimals: number): string {
  return ratio === null || ratio === undefined ? NO_FIGURE : `${formatNumber(ratio * 100, decimals)} %`;
}

/** Three digits or so, for narrow columns: 940, +4.5k, −10k, +1.2M. */
export function formatShort(value: number): string {
  const [divisor, unit] = scaleOf(Math.abs(value));
  const scaled = value / divisor;
  return formatSigned(scaled, Math.abs(scaled) < 9.95 && unit !== '' ? 1 : 0) + unit;
}

/** Names the colour of a figure; the sign in its text says the same. */
export function trendOf(value: number | null | undefined): 'up' | 'down' | 'flat' {
  if (value === null || value === undefined || value === 0) return 'flat';
  return value > 0 ? 'up' : 'down';
}

function scaleOf(magnitude: number): readonly [number, string] {
  if (magnitude >= 999_500) return [1_000_000, 'M'];
  return magnitude >= 999.5 ? [1_000, 'k'] : [1, ''];
}
