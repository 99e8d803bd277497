import { dayInZone } from '../domain/day.ts';
import { withOneDigitYear } from '../domain/futures-month.ts';
import { describeInstrument, type InstrumentIdentity, resolveInstrument } from '../domain/instrument.ts';
import type { GraphContext } from './context.ts';

/**
 * The instrument that a client names. A contract of Zhengzhou has one code, however many digits its year is written
 * with: TA2701 is TA701 for as long as that means January 2027. Fails with BAD_USER_INPUT for what is no code.
 */
export function askedInstrument(code: string, context: Pick<GraphContext, 'now'>): InstrumentIdentity {
  return asExchangeWrites(resolveInstrument(code), context);
}

/** As askedInstrument, with the type UNKNOWN for what is no code: never fails. */
export function describedInstrument(code: string, context: Pick<GraphContext, 'now'>): InstrumentIdentity {
  return asExchangeWrites(describeInstrument(code), context);
}

function asExchangeWrites(instrument: InstrumentIdentity, { now }: Pick<GraphContext, 'now'>): InstrumentIdentity {
  if (instrument.assetType !== 'FUTURES') return instrument;
  const code = withOneDigitYear(instrument.code, dayInZone(now(), instrument.timezone));
  return code === instrument.code ? instrument : resolveInstrument(code);
}
