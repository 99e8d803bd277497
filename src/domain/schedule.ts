import type { CommandArguments } from './command.ts';

/** When a command runs by itself. Exactly one of `cron` and `everySeconds` is set. */
export interface Schedule {
  readonly id: string;
  readonly name: string;
  readonly command: string;
  readonly arguments: CommandArguments | null;
  /** Five fields, or six with seconds first, read in `timezone`. */
  readonly cron: string | null;
  readonly everySeconds: number | null;
  /** IANA name. */
  readonly timezone: string;
  readonly isPaused: boolean;
  /** Milliseconds since the epoch; null while it is paused. */
  readonly nextRunAt: number | null;
}
