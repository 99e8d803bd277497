import { type StreamGap as Gap, STREAM_GAP_REASONS, STREAM_STARTS } from '../domain/stream.ts';
import { builder } from './builder.ts';
import { describedEnum } from './described-enum.ts';

export const StreamStartEnum = describedEnum('StreamStart', {
  description: 'Where a lossless stream without a cursor starts.',
  values: STREAM_STARTS,
  meaning: {
    NOW: 'With the next event.',
    SNAPSHOT: 'With a snapshot of the present state, then the events after it.',
    BEGINNING: 'With the oldest event that is kept, then everything since.',
  },
});

const StreamGapReasonEnum = describedEnum('StreamGapReason', {
  description: 'Why events cannot be delivered any more. New values may be added: keep a default branch.',
  values: STREAM_GAP_REASONS,
  meaning: {
    TRIMMED: 'They are older than what the stream keeps.',
    EPOCH_CHANGED: 'The stream had to start its numbering anew; the cursor belongs to an earlier one.',
    EXPIRED: 'The time for which they are kept is over.',
  },
});

export const StreamGap = builder.objectRef<Gap>('StreamGap').implement({
  description:
    'Events between two cursors cannot be delivered any more. Orders: the snapshot that follows replaces all state. Output: it goes on at firstAvailable.',
  fields: (t) => ({
    requested: t.expose('requested', {
      type: 'Cursor',
      nullable: true,
      description: 'The cursor that the reader asked to go on after; null when it gave none.',
    }),
    firstAvailable: t.expose('firstAvailable', {
      type: 'Cursor',
      nullable: true,
      description: 'Where the stream goes on; null when nothing is kept.',
    }),
    reason: t.expose('reason', { type: StreamGapReasonEnum, description: 'Why they are gone.' }),
  }),
});
