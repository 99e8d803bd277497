import { SYSTEM_CLOCK } from '../../../src/async/clock.ts';
import { createDiskTier } from '../../../src/cache/tiers/disk-tier.ts';
import { decodeBars, encodeBars } from '../../../src/cache/tiers/series-encoding.ts';
import { storedBars } from '../../support/stored-series.ts';

// Writes bars of these codes, of so many rows, over and over until it is killed, or once. Prints faults.
const [folder = '', rows = '0', times = 'Infinity', ...codes] = process.argv.slice(2);
const onFault = ({ message }: Error): void => void process.stdout.write(`${message}\n`);
const tier = createDiskTier({
  folder,
  kind: 'bars',
  clock: SYSTEM_CLOCK,
  encode: encodeBars,
  decode: decodeBars,
  onFault,
});
for (let round = 0; round < Number(times); round++) {
  for (const code of codes) await tier.write(code, storedBars(code, { rows: Number(rows), revision: String(round) }));
}
