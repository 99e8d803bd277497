import type { DatabaseNames } from '../../src/store/mongo/mongo-deployment.ts';
import { hurriedNow, openMongo } from './opened-mongo.ts';

// Drops accounts and brings them back, over and over, until it is killed. Prints a line before each of the two.
const [url = '', names = '{}', ...accountCookies] = process.argv.slice(2);
const source = 'HISTORY';
const now = process.env.DROPPING_CLOCK === 'right' ? Date.now : hurriedNow;
const { drops } = openMongo({ url, names: JSON.parse(names) as DatabaseNames, now });
for (let requestedAt = 1; ; requestedAt += 1) {
  process.stdout.write('dropping\n');
  await drops.drop({ source, accountCookies, requestedBy: 'ann', requestedAt });
  process.stdout.write('restoring\n');
  for (const accountCookie of accountCookies) {
    await drops.restore({ source, accountCookie, replace: false, requestedBy: 'ann', requestedAt });
  }
}
