import { join } from 'node:path';

/** The embedded store of a data folder: what `import` fills and a server without simulated data reads. */
export function accountStorePath(dataFolder: string): string {
  return join(dataFolder, 'accounts.sqlite');
}

/** The desk's own records of a data folder; a file apart, so that an import and a run never wait for each other. */
export function deskStorePath(dataFolder: string): string {
  return join(dataFolder, 'desk.db');
}

/** Venues that answer nobody here for a while. */
export function venueBanStorePath(dataFolder: string): string {
  return join(dataFolder, 'venue-bans.db');
}

/** What the runs of a data folder printed: a folder for each run. */
export function transcriptFolder(dataFolder: string): string {
  return join(dataFolder, 'runs');
}
