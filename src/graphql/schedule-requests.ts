import { builder } from './builder.ts';
import { CommandRefused } from './commands.ts';
import { NotFound } from './errors.ts';
import { encodeId } from './global-id.ts';
import { resultUnion } from './result-union.ts';
import { Run } from './runs.ts';
import { Schedule } from './schedules.ts';
import { unavailable } from './unavailable.ts';

const CreateScheduleInput = builder.inputType('CreateScheduleInput', {
  description: 'A schedule to make. cron or everySeconds: exactly one.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'What to call it.' }),
    command: t.string({ required: true, description: 'Name of a registered command.' }),
    arguments: t.field({ type: 'JSON', description: "An object with the command's parameters by name." }),
    cron: t.string({
      description: 'Five fields, or six with seconds first, read in timezone. Not together with everySeconds.',
    }),
    everySeconds: t.int({ description: 'Seconds from one start to the next, 1 or more. Not together with cron.' }),
    timezone: t.string({
      required: true,
      defaultValue: 'Asia/Shanghai',
      description: 'IANA name of the zone that cron is read in.',
    }),
  }),
});

const UpdateScheduleInput = builder.inputType('UpdateScheduleInput', {
  description: 'What to change in a schedule. What is absent stays as it is.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'As Schedule.id gave it.' }),
    cron: t.string({ description: 'Five fields, or six with seconds first; it takes the place of everySeconds.' }),
    everySeconds: t.int({ description: 'Seconds from one start to the next, 1 or more; it takes the place of cron.' }),
    timezone: t.string({ description: 'IANA name of the zone that cron is read in.' }),
    arguments: t.field({
      type: 'JSON',
      description: "An object with the command's parameters by name; it replaces the former one as a whole.",
    }),
    isPaused: t.boolean({ description: 'true pauses it, false resumes it.' }),
  }),
});

const CreateScheduleResult = resultUnion('CreateScheduleResult', {
  description: 'The new schedule, or why there is none.',
  success: Schedule,
  refusals: [CommandRefused],
});

const UpdateScheduleResult = resultUnion('UpdateScheduleResult', {
  description: 'The schedule after the change, why it was not changed, or NotFound.',
  success: Schedule,
  refusals: [CommandRefused, NotFound],
});

const RunScheduleNowResult = resultUnion('RunScheduleNowResult', {
  description: 'The run, queued or already started, why there is none, or NotFound.',
  success: Run,
  refusals: [CommandRefused, NotFound],
});

/** The schedule that was deleted. */
interface DeletedShape {
  readonly scheduleId: string;
}

const DeletedSchedule = builder.objectRef<DeletedShape>('DeletedSchedule').implement({
  description: 'The schedule that is no more. Its runs stay.',
  fields: (t) => ({
    id: t.id({
      description: 'As Schedule.id had it, so that a client can forget it.',
      resolve: ({ scheduleId }) => encodeId('Schedule', scheduleId),
    }),
  }),
});

const DeleteScheduleResult = resultUnion('DeleteScheduleResult', {
  description: 'The id of the deleted schedule, or NotFound.',
  success: DeletedSchedule,
  refusals: [NotFound],
});

builder.mutationFields((t) => ({
  createSchedule: t.field({
    type: CreateScheduleResult,
    nullable: true,
    description: 'Makes a schedule, which starts with its next time. Needs the role OPERATOR.',
    args: { input: t.arg({ type: CreateScheduleInput, required: true, description: 'What to run, and when.' }) },
    resolve: unavailable('scheduling commands'),
  }),
  updateSchedule: t.field({
    type: UpdateScheduleResult,
    nullable: true,
    description: 'Changes, pauses or resumes a schedule. Needs the role OPERATOR.',
    args: {
      input: t.arg({ type: UpdateScheduleInput, required: true, description: 'Which schedule, and what to change.' }),
    },
    resolve: unavailable('changing schedules'),
  }),
  runScheduleNow: t.field({
    type: RunScheduleNowResult,
    nullable: true,
    description: 'Runs the command of a schedule once, at once; its next time stays. Needs the role OPERATOR.',
    args: { id: t.arg.id({ required: true, description: 'As Schedule.id gave it.' }) },
    resolve: unavailable('running schedules'),
  }),
  deleteSchedule: t.field({
    type: DeleteScheduleResult,
    nullable: true,
    description: 'Deletes a schedule. Its runs stay, one that is under way goes on. Needs the role OPERATOR.',
    args: { id: t.arg.id({ required: true, description: 'As Schedule.id gave it.' }) },
    resolve: unavailable('deleting schedules'),
  }),
}));
