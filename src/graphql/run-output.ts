import type { OutputRange } from '../commands/commands.ts';
import { isFinal, type Run as RunRecord } from '../domain/run.ts';
import {
  type CommandChunk as Chunk,
  type CommandEnd as End,
  type CommandOutputItem as Item,
  OUTPUT_STREAMS,
  type RunOutputPart as Part,
  type RunOutput as StoredOutput,
} from '../domain/run-output.ts';
import type { SharedResponding } from '../domain/stream.ts';
import { builder } from './builder.ts';
import { describedEnum } from './described-enum.ts';
import { Run, RunStateEnum, runKeyOf } from './runs.ts';
import { StreamGap } from './streams.ts';

const OutputStreamEnum = describedEnum('OutputStream', {
  description: 'Where a program printed to.',
  values: OUTPUT_STREAMS,
  meaning: { STDOUT: 'Standard output.', STDERR: 'Standard error.' },
});

const RunOutputPart = builder.objectRef<Part>('RunOutputPart').implement({
  description: 'Adjacent text of one stream.',
  fields: (t) => ({
    stream: t.expose('stream', { type: OutputStreamEnum, description: 'Where it was printed to.' }),
    text: t.exposeString('text', { description: 'What was printed, UTF-8 decoded.' }),
  }),
});

const RunOutput = builder.objectRef<StoredOutput>('RunOutput').implement({
  description:
    'A piece of the stored output of a run. cursor: commandOutput(after:) goes on exactly here. isLossy: bytes that are no UTF-8 were replaced.',
  fields: (t) => ({
    text: t.string({
      description: 'Both streams in the order of arrival, UTF-8 decoded.',
      resolve: ({ parts }) => parts.map((part) => part.text).join(''),
    }),
    parts: t.expose('parts', { type: [RunOutputPart], description: 'The same text, cut where the stream changes.' }),
    offset: t.expose('offset', {
      type: 'SafeInt',
      description: 'Where this piece begins, in stored bytes of both streams.',
    }),
    nextOffset: t.expose('nextOffset', {
      type: 'SafeInt',
      description: 'Where the next piece begins, in stored bytes of both streams.',
    }),
    isComplete: t.exposeBoolean('isComplete', {
      description: 'Whether the run has ended and nothing follows this piece.',
    }),
    isLossy: t.exposeBoolean('isLossy', { description: 'Whether bytes that are no UTF-8 were replaced.' }),
    cursor: t.expose('cursor', {
      type: 'Cursor',
      description: 'commandOutput(after:) goes on exactly behind this piece.',
    }),
  }),
});

builder.objectField(Run, 'output', (t) =>
  t.field({
    type: RunOutput,
    nullable: true,
    description:
      'Stored output from a byte offset on; complete when nextOffset reaches outputBytes and the run has ended.',
    args: {
      offset: t.arg({
        type: 'SafeInt',
        required: true,
        defaultValue: 0,
        description: 'First stored byte wanted: 0, or nextOffset of the piece before.',
      }),
      limit: t.arg.int({
        required: true,
        defaultValue: 65536,
        description:
          'At most so many stored bytes, 1 to 1,048,576; all pieces of one operation together at most 16 MiB.',
      }),
    },
    resolve: (run, range, { commands, outputAllowance }) => {
      outputAllowance.take(mostBytesOf(run, range));
      return commands.output(run, range);
    },
  }),
);

/** What a piece may come to; 0 for a range that is refused. A run that goes on may have printed more than it says here. */
function mostBytesOf(run: RunRecord, { offset, limit }: OutputRange): number {
  const left = isFinal(run) ? run.outputBytes - offset : limit;
  return Math.max(0, Math.min(limit, left));
}

const CommandChunk = builder.objectRef<Chunk>('CommandChunk').implement({
  description:
    'Output as it was stored at one go. Text is UTF-8 decoded for each stream; offsets count stored bytes of both streams in arrival order.',
  fields: (t) => ({
    cursor: t.expose('cursor', { type: 'Cursor', description: 'Keep the last one: `after` it the stream goes on.' }),
    stream: t.expose('stream', { type: OutputStreamEnum, description: 'Where it was printed to.' }),
    offset: t.expose('offset', {
      type: 'SafeInt',
      description: 'Where the chunk begins, in stored bytes of both streams.',
    }),
    nextOffset: t.expose('nextOffset', {
      type: 'SafeInt',
      description: 'Where the next chunk begins, in stored bytes of both streams.',
    }),
    text: t.exposeString('text', {
      description: 'What was printed. A character cut by the end of a chunk comes with the next.',
    }),
    isLossy: t.exposeBoolean('isLossy', { description: 'Whether bytes that are no UTF-8 were replaced.' }),
    at: t.expose('at', { type: 'DateTime', description: 'When it was read from the program.' }),
  }),
});

const CommandEnd = builder.objectRef<End>('CommandEnd').implement({
  description: 'The end of a run and of its output. Exactly one, after the last chunk; then the stream completes.',
  fields: (t) => ({
    cursor: t.expose('cursor', { type: 'Cursor', description: 'Behind the last chunk.' }),
    run: t.expose('run', { type: Run, description: 'The run as it ended.' }),
    state: t.field({
      type: RunStateEnum,
      description: 'How it ended; a final state.',
      resolve: ({ run }) => run.state,
    }),
    exitCode: t.int({
      nullable: true,
      description: 'Exit code of the process; null when a signal ended it or it never ran.',
      resolve: ({ run }) => run.exitCode,
    }),
    signal: t.string({
      nullable: true,
      description: 'The signal that ended the process, such as SIGTERM; null when none did.',
      resolve: ({ run }) => run.signal,
    }),
    outputBytes: t.field({
      type: 'SafeInt',
      description: 'Bytes of output stored in all.',
      resolve: ({ run }) => run.outputBytes,
    }),
    isTruncated: t.boolean({ description: 'Output was cut at the limit.', resolve: ({ run }) => run.isTruncated }),
    at: t.expose('at', { type: 'DateTime', description: 'When it ended.' }),
  }),
});

const CommandOutputItem = builder.unionType('CommandOutputItem', {
  description: "What the stream of a command's output delivers: chunks, word of what is lost, and one end.",
  types: [CommandChunk, CommandEnd, StreamGap],
  resolveType: ({ type }) => type,
});

/** The bytes of a chunk are all that it is made of. */
const sharedResponses: SharedResponding<Item> = {
  identityOf: (item) => (item.type === 'CommandChunk' ? `${item.offset}..${item.nextOffset}` : undefined),
};

builder.subscriptionField('commandOutput', (t) =>
  t.field({
    type: CommandOutputItem,
    description:
      'Lossless: every stored chunk once and in order, from the beginning or after a cursor, then one CommandEnd, then the stream completes. A reader that does not keep up is caught up from the stored output, and only then ended with SLOW_CONSUMER and its cursor.',
    args: {
      runId: t.arg.id({ required: true, description: 'As Run.id gave it.' }),
      after: t.arg({
        type: 'Cursor',
        description: 'The last cursor that the reader has seen; the beginning when absent.',
      }),
    },
    extensions: { sharedResponses },
    subscribe: (_root, { runId, after }, { commands, viewer, resumeAfter }) =>
      commands.followOutput(runKeyOf(runId), resumeAfter ?? after ?? undefined, viewer),
    resolve: (item) => item,
  }),
);
