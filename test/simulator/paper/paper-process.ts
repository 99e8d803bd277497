import { SYSTEM_CLOCK } from '../../../src/async/clock.ts';
import { startPaperVenue } from '../../../src/simulator/paper/paper-venue.ts';

/** A venue in a process of its own, which can be killed: prints where it is, and a price at which orders rest. */
const [journalPath = '', credentials = ''] = process.argv.slice(2);
const venue = await startPaperVenue({
  port: 0,
  clock: SYSTEM_CLOCK,
  seed: 7,
  journalPath,
  credentials: JSON.parse(credentials),
  isQuiet: true,
});
const px = (Number(venue.outside.last('BTC-USDT').px) * 0.9).toFixed(0);
process.stdout.write(`${JSON.stringify({ restUrl: venue.restUrl, px })}\n`);
