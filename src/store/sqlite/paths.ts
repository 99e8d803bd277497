import { join } from 'node:path';

/** The embedded store of a data folder: what `import` fills and a server without simulated data reads. */
export function accountStorePath(dataFolder: string): string {
  return join(dataFolder, 'accounts.sqlite');
}
