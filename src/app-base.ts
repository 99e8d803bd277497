import { join } from 'node:path';
import type { Clock } from './async/clock.ts';
import type { Config } from './config.ts';
import type { Logger } from './logger.ts';

/** What every part of the app is opened with. */
export interface AppBase {
  readonly config: Config;
  readonly logger: Logger;
  readonly clock: Clock;
  /** Takes what is to be closed, last first. */
  readonly opened: AsyncDisposableStack;
  readonly isDemo: boolean;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
}

/** Where this run keeps what it keeps: the demo has a folder of its own. */
export function folderOf({ config, isDemo }: AppBase): string {
  return isDemo ? join(config.dataFolder, 'demo') : config.dataFolder;
}
