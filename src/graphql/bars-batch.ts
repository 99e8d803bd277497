import { CodedError } from '../domain/errors.ts';
import { type InstrumentIdentity, resolveInstrument } from '../domain/instrument.ts';
import { type BarRequest, BarSeries, type BarSeriesShape, barArguments, loadBarSeries } from './bars.ts';
import { builder } from './builder.ts';
import type { GraphContext } from './context.ts';
import { type ErrorShape, errorType, Refusal } from './errors.ts';
import { atMostMaxCodes, InstrumentNode } from './instruments.ts';
import { rangeUntil } from './ranges.ts';

const SeriesUnavailable = errorType('SeriesUnavailable', 'Why a code of a batch has no series.');

interface BatchItem {
  readonly instrument: InstrumentIdentity;
  readonly series: BarSeriesShape | null;
  readonly error: ErrorShape | null;
}

const BarBatchItem = builder.objectRef<BatchItem>('BarBatchItem').implement({
  description: 'One code of a batch: its series, or why there is none.',
  fields: (t) => ({
    code: t.string({ description: 'Canonical code.', resolve: ({ instrument }) => instrument.code }),
    instrument: t.expose('instrument', { type: InstrumentNode, description: 'What the code names.' }),
    series: t.expose('series', {
      type: BarSeries,
      nullable: true,
      description: 'Its bars; null when there is an error.',
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
    resolve: (_root, { codes, ...request }, context) => {
      const instruments = atMostMaxCodes(codes).map(resolveInstrument);
      rangeUntil(() => request.start ?? 0, request); // a range that is wrong for every code fails the field, not each item
      return Promise.all(
        instruments.map((instrument) => loadItem(instrument, { ...request, refresh: false }, context)),
      );
    },
  }),
);

async function loadItem(
  instrument: InstrumentIdentity,
  request: BarRequest,
  context: GraphContext,
): Promise<BatchItem> {
  try {
    return { instrument, series: await loadBarSeries(instrument, request, context), error: null };
  } catch (thrown) {
    if (!(thrown instanceof CodedError)) throw thrown;
    return { instrument, series: null, error: new Refusal(SeriesUnavailable.name, thrown) };
  }
}
