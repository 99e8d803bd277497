import type { Schedule as ScheduleRecord } from '../domain/schedule.ts';
import { builder } from './builder.ts';
import { pageArguments } from './connection.ts';
import { Run, RunConnection } from './runs.ts';
import { unavailable } from './unavailable.ts';

export const Schedule = builder.objectRef<ScheduleRecord>('Schedule');

builder.node(Schedule, {
  description:
    'A command that runs by itself. cron (five or six fields, seconds first, read in timezone) or everySeconds: exactly one.',
  id: { resolve: (schedule) => schedule.id },
  loadOne: () => null,
  fields: (t) => ({
    name: t.exposeString('name', { description: 'What its maker called it.' }),
    command: t.exposeString('command', { description: 'Name of the command that it runs.' }),
    arguments: t.expose('arguments', {
      type: 'JSON',
      nullable: true,
      description: 'What the command is started with, by parameter name; null when nothing was given.',
    }),
    cron: t.exposeString('cron', {
      nullable: true,
      description: 'Five fields, or six with seconds first, read in timezone; null when everySeconds is set.',
    }),
    everySeconds: t.exposeInt('everySeconds', {
      nullable: true,
      description: 'Seconds from one start to the next; null when cron is set.',
    }),
    timezone: t.exposeString('timezone', {
      description: 'IANA name of the zone that cron is read in, such as Asia/Shanghai.',
    }),
    isPaused: t.exposeBoolean('isPaused', { description: 'Whether it starts nothing until it is resumed.' }),
    nextRunAt: t.expose('nextRunAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it starts its command next; null while it is paused, and when that never happens.',
    }),
    lastRun: t.field({
      type: Run,
      nullable: true,
      description: 'The run that it started last; null before the first.',
      resolve: unavailable('reading runs of schedules'),
    }),
    runs: t.field({
      type: RunConnection,
      nullable: true,
      description: 'The runs that it started, the newest first.',
      args: pageArguments(t.arg),
      resolve: unavailable('reading runs of schedules'),
    }),
  }),
});

builder.objectField(Run, 'schedule', (t) =>
  t.field({
    type: Schedule,
    nullable: true,
    description: 'The schedule that started it; null when somebody did, or when the schedule is deleted.',
    resolve: ({ scheduleId }) => (scheduleId === null ? null : unavailable('reading schedules')()),
  }),
);

builder.queryFields((t) => ({
  schedules: t.field({
    type: [Schedule],
    nullable: true,
    description: 'Every schedule, by name, ascending.',
    resolve: unavailable('reading schedules'),
  }),
  schedule: t.field({
    type: Schedule,
    nullable: true,
    description: 'One schedule; null when there is none (any more).',
    args: { id: t.arg.id({ required: true, description: 'As Schedule.id gave it.' }) },
    resolve: unavailable('reading schedules'),
  }),
}));
