import { ASSET_RULES, type AssetFacts } from './asset-rules.ts';
import { canonicalSpelling, suffixOfExchange } from './code-spelling.ts';
import { badUserInput, quoted } from './errors.ts';
import { INDEX_NUMBERS } from './market-lists.ts';

/** What a code names, as far as its spelling tells. */
export interface InstrumentIdentity extends AssetFacts {
  /** Canonical: two spellings of one instrument have one. */
  readonly code: string;
  /** The market's IANA time zone; UTC when the code does not tell. */
  readonly timezone: string;
}

/** The longest code that is looked at, in UTF-16 units. */
const MAX_CODE_LENGTH = 32;
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * The code that a text holds, without blanks at its ends. Fails with BAD_USER_INPUT when nothing or more than 32
 * characters are left, or characters that cannot be seen.
 */
export function parseCode(input: string): string {
  const code = input.trim();
  if (isCode(code)) return code;
  throw badUserInput(`received the code ${quoted(input)}, wanted 1 to ${MAX_CODE_LENGTH} visible characters`);
}

function isCode(text: string): boolean {
  return text.length > 0 && text.length <= MAX_CODE_LENGTH && text.search(INVISIBLE) === -1;
}

/**
 * Detects what a code names. Answers for every code, with the type UNKNOWN when nothing is known or several things
 * are; the description then names them. Fails like parseCode.
 */
export function resolveInstrument(input: string): InstrumentIdentity {
  return identify(parseCode(input));
}

/** As resolveInstrument, with the type UNKNOWN for what is no code at all: never fails. */
export function describeInstrument(input: string): InstrumentIdentity {
  return isCode(input.trim()) ? resolveInstrument(input) : unreadableInstrument(input);
}

/**
 * What stands for a text that parseCode refuses where an answer is owed all the same. What cannot be seen is replaced,
 * not left out: what is left could be the code of something.
 */
export function unreadableInstrument(input: string): InstrumentIdentity {
  const code = input.trim().replaceAll(INVISIBLE, '\ufffd');
  return unknown(code.slice(0, MAX_CODE_LENGTH), 'not a code');
}

/**
 * The instrument of a QIFI position, or undefined when exchange and instrument do not tell which it is. Without an
 * exchange only a code that names its market itself is believed: the product AU is no share of AngloGold.
 */
export function instrumentOfPosition(exchangeId: string | null, instrumentId: string): InstrumentIdentity | undefined {
  if (instrumentId.length === 0 || instrumentId.length > MAX_CODE_LENGTH) return undefined;
  const suffix = suffixOfExchange(exchangeId ?? '');
  const identity = identify(suffix === undefined ? instrumentId : `${instrumentId}.${suffix}`);
  if (identity.assetType !== 'UNKNOWN' && (suffix !== undefined || /^\d{6}\.|-|\.[A-Z]{3}$/.test(identity.code))) {
    return identity;
  }
  // Some writers put the market into the instrument as well: SSE and 600000.XSHG.
  return suffix === undefined ? undefined : instrumentOfPosition(null, instrumentId);
}

function identify(text: string): InstrumentIdentity {
  const code = canonicalSpelling(text);
  return known(code) ?? (/^\d{6}$/.test(code) ? identifyNumber(code) : unknown(code, 'not a code that is known here'));
}

function known(code: string): InstrumentIdentity | undefined {
  const rule = ASSET_RULES.find(({ pattern }) => pattern.test(code));
  if (rule === undefined) return undefined;
  const { pattern: _, timezone, ...facts } = rule;
  return { code, ...facts, timezone: timezone ?? 'UTC' };
}

/** Six digits name what only one exchange has; 000001 is an index in Shanghai and a share in Shenzhen. */
function identifyNumber(digits: string): InstrumentIdentity {
  const only = INDEX_NUMBERS.get(digits);
  const codes =
    only === undefined ? ['SH', 'SZ', 'BJ'].map((suffix) => canonicalSpelling(`${digits}.${suffix}`)) : [only];
  const candidates = codes.map(known).filter((candidate) => candidate !== undefined);
  const [first, ...others] = candidates;
  if (first === undefined) return unknown(digits, 'not a code that is known here');
  if (others.length === 0) return first;
  const named = candidates.map(({ code, description }) => `${code} (${description})`);
  return unknown(digits, `ambiguous: ${named.join(' or ')}`);
}

function unknown(code: string, description: string): InstrumentIdentity {
  return { code, assetType: 'UNKNOWN', description, exchange: null, currency: null, timezone: 'UTC', isFund: false };
}
