import { CodedError, type ErrorCode } from '../domain/errors.ts';
import { type InstrumentIdentity, unreadableInstrument } from '../domain/instrument.ts';
import { askedInstrument } from './asked-instrument.ts';
import { type BarRequest, BarSeries, type BarSeriesShape, barArguments, loadBarSeries } from './bars.ts';
import { builder } from './builder.ts';
import type { GraphContext } from './context.ts';
import { type ErrorShape, errorType, Refusal } from './errors.ts';
import { atMostMaxCodes, InstrumentNode } from './instruments.ts';

const SeriesUnavailable = errorType('SeriesUnavailable', 'Why a code of a batch has no series.');

/** One code of a batch. `fault` is what a client may not see: it becomes a masked entry of `errors` at this item's series. */
interface BatchItem {
  readonly instrument: InstrumentIdentity;
  readonly series: BarSeriesShape | null;
  readonly error: ErrorShape | null;
  readonly fault?: unknown;
}

const BarBatchItem = builder.objectRef<BatchItem>('BarBatchItem').implement({
  description: 'One code of a batch: its series, or why there is none.',
  fields: (t) => ({
    code: t.string({
      description: 'Canonical code; what was asked, cut to 32 characters, when it is no code.',
      resolve: ({ instrument }) => instrument.code,
    }),
    instrument: t.expose('instrument', { type: InstrumentNode, description: 'What the code names.' }),
    series: t.field({
      type: BarSeries,
      nullable: true,
      description: 'Its bars; null when there is an error.',
      resolve: ({ series, fault }) => {
        if (fault !== undefined) throw fault;
        return series;
      },
    }),
    error: t.expose('error', {
      type: SeriesUnavailable,
      nullable: true,
      description: 'Why there is no series; null when there is one.',
    }),
  }),
});

builder.queryField('barsBatch', (t) =>
  t.field({
    type: [BarBatchItem],
    nullable: true,
    description: 'At most 200 codes; one item for each, in the order asked; never fails as a whole.',
    args: {
      codes: t.arg.stringList({ required: true, description: 'In any common spelling.' }),
      ...barArguments(t.arg),
    },
    resolve: (_root, { codes, ...request }, context) =>
      Promise.all(atMostMaxCodes(codes).map((code) => loadItem(code, { ...request, refresh: false }, context))),
  }),
);

async function loadItem(code: string, request: BarRequest, context: GraphContext): Promise<BatchItem> {
  let instrument = unreadableInstrument(code);
  try {
    instrument = askedInstrument(code, context);
    return { instrument, series: await loadBarSeries(instrument, request, context), error: null };
  } catch (thrown) {
    if (thrown instanceof CodedError) return { instrument, series: null, error: refusal(thrown) };
    const error = refusal({ code: 'INTERNAL', message: 'internal error' });
    return { instrument, series: null, error, fault: thrown };
  }
}

function refusal(cause: { readonly code: ErrorCode; readonly message: string }): Refusal {
  return new Refusal(SeriesUnavailable.name, cause);
}
