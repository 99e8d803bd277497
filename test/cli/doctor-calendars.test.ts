import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checkCalendars } from '../../src/cli/doctor/calendar-checks.ts';
import { day } from '../support/session-instants.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('the check of calendars', () => {
  it('says through which day all of them are known', () => {
    expect(checkCalendars(undefined, day('2026-11-21'))).toEqual([
      { mark: 'ok', text: '6 markets, all known through 2026-12-31' },
    ]);
  });

  it('warns of each that has ended or ends within a month', () => {
    const found = checkCalendars(undefined, day('2027-01-05'));
    expect(found).toMatchObject([
      { mark: 'note', text: expect.stringMatching(/^CN ended on 2026-12-31; .*asOf is null/) },
    ]);
    expect(checkCalendars(undefined, day('2026-12-10'))).toMatchObject([
      { text: expect.stringMatching(/^CN ends on/) },
    ]);
    expect(checkCalendars(undefined, day('2030-01-01'))).toHaveLength(6);
  });

  it('takes what a desk knows better, and a file that cannot be read for a fault', () => {
    using folder = temporaryFolder();
    const path = join(folder.path, 'own.json');
    writeFileSync(path, '{"CN": {"coveredThrough": "2027-12-31", "closed": {"2027": "01-01"}}}');
    expect(checkCalendars(path, day('2027-01-05'))[0]).toMatchObject({ mark: 'ok' });
    writeFileSync(path, '{"CN": 7}');
    expect(checkCalendars(path, day('2027-01-05'))[0]).toMatchObject({
      mark: 'fault',
      text: expect.stringContaining(path),
    });
  });
});
