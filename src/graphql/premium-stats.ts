import { UNMATCHED_REASONS, type UnmatchedDay } from '../domain/premium.ts';
import type { PremiumStats as StatsFigures } from '../domain/premium-stats.ts';
import { builder } from './builder.ts';
import { describedEnum } from './described-enum.ts';

export const PremiumStats = builder.objectRef<StatsFigures>('PremiumStats').implement({
  description:
    'Of the points in the range. std is the sample deviation (n - 1), null for fewer than two points; zScore and percentile place the latest premium among them.',
  fields: (t) => ({
    count: t.exposeInt('count', { description: 'Points in the range.' }),
    mean: t.exposeFloat('mean', { description: 'Mean premium, a fraction.' }),
    std: t.exposeFloat('std', {
      nullable: true,
      description: 'Sample deviation (n - 1); null for fewer than two points.',
    }),
    min: t.exposeFloat('min', { description: 'Lowest premium.' }),
    minDate: t.expose('minDay', { type: 'Date', description: 'The first session that has it.' }),
    max: t.exposeFloat('max', { description: 'Highest premium.' }),
    maxDate: t.expose('maxDay', { type: 'Date', description: 'The first session that has it.' }),
    median: t.exposeFloat('median', { description: 'Median premium.' }),
    p05: t.exposeFloat('p05', { description: 'The 5 % quantile, by linear interpolation as numpy and pandas do.' }),
    p25: t.exposeFloat('p25', { description: 'The lower quartile, likewise.' }),
    p75: t.exposeFloat('p75', { description: 'The upper quartile, likewise.' }),
    p95: t.exposeFloat('p95', { description: 'The 95 % quantile, likewise.' }),
    zScore: t.exposeFloat('zScore', {
      nullable: true,
      description: '(latest - mean) / std; null when std is null or zero.',
    }),
    percentile: t.exposeFloat('percentile', {
      nullable: true,
      description: 'Share of points at or below the latest, 0 to 1.',
    }),
  }),
});

const UnmatchedReasonEnum = describedEnum('UnmatchedReason', {
  description: 'Why a close is held against no NAV.',
  values: UNMATCHED_REASONS,
  meaning: {
    NAV_MISSING: 'There is no NAV of that date; with PREVIOUS_NAV none of any earlier date.',
    NAV_TOO_OLD: 'The latest NAV of an earlier date is more than 3 sessions of the fund or 15 days old.',
    NOT_COMPARABLE:
      'The premium would be beyond 50 % and a factor of 1.5 away from the one before: a split lies between of which nobody told, or a figure is wrong.',
  },
});

export const UnmatchedDate = builder.objectRef<UnmatchedDay>('UnmatchedDate').implement({
  description: 'A session with a close that is held against no NAV.',
  fields: (t) => ({
    date: t.expose('day', { type: 'Date', description: 'The session.' }),
    reason: t.expose('reason', { type: UnmatchedReasonEnum, description: 'Why.' }),
  }),
});
