import { DropTasks, openDropDatabase } from '../../src/store/sqlite/drop-tasks.ts';
import { openSqliteAccountDrops } from '../../src/store/sqlite/sqlite-account-drops.ts';

// Drops accounts and brings them back, over and over, until it is killed. Prints a line before each of the two.
const [path = '', ...accountCookies] = process.argv.slice(2);
const source = 'HISTORY';
const drops = openSqliteAccountDrops({ path });
// Restores without the start of a worker for each account.
const tasks = openDropDatabase(path, (database) => new DropTasks(database));
for (let requestedAt = 1; ; requestedAt += 1) {
  process.stdout.write('dropping\n');
  await drops.drop({ source, accountCookies, requestedBy: 'ann', requestedAt });
  process.stdout.write('restoring\n');
  for (const accountCookie of accountCookies) {
    const request = { source, accountCookie, replace: false, requestedBy: 'ann', requestedAt } as const;
    tasks.run({ kind: 'RESTORE', request, replacingId: undefined });
  }
}
