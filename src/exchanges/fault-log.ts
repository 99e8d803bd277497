import type { Clock } from '../async/clock.ts';
import type { Logger } from '../logger.ts';
import { LineAllowance } from './line-allowance.ts';

/** As many different things may go wrong at once, and no more are read. */
const MOST_LINES = 10;

export interface FaultLogOptions {
  readonly clock: Clock;
  readonly logger: Logger | undefined;
  readonly gateway: string;
}

/** Tells the log what goes wrong with a venue, and no more of it than somebody can read: a venue may say it ever again. */
export class FaultLog {
  readonly #options: FaultLogOptions;
  readonly #unreadable: LineAllowance;
  readonly #troubles: LineAllowance;
  readonly #faults: LineAllowance;

  constructor(options: FaultLogOptions) {
    const { clock } = options;
    this.#options = options;
    this.#unreadable = new LineAllowance(clock, 1);
    this.#troubles = new LineAllowance(clock, MOST_LINES);
    this.#faults = new LineAllowance(clock, MOST_LINES);
  }

  /** What a venue sent cannot be used: told once a minute at most, with how often it happened. */
  unreadable(reason: string): void {
    const passedOver = this.#unreadable.take();
    if (passedOver === undefined) return;
    const { logger, gateway } = this.#options;
    logger?.child({ gateway }).warn({ count: passedOver + 1, reason }, 'received what cannot be read');
  }

  /** Told ten times a minute at most, with how often it was not told before. */
  trouble(reason: string): void {
    const passedOver = this.#troubles.take();
    if (passedOver === undefined) return;
    const { logger, gateway } = this.#options;
    logger?.warn({ gateway, ...untold(passedOver), reason }, 'a venue could not do what it was asked');
  }

  /** The same of what is a fault of ours. */
  fault(error: unknown): void {
    const passedOver = this.#faults.take();
    if (passedOver === undefined) return;
    const { logger, gateway } = this.#options;
    logger?.error({ gateway, ...untold(passedOver), error }, 'could not handle what a venue sent');
  }
}

function untold(passedOver: number): { readonly untold?: number } {
  return passedOver === 0 ? {} : { untold: passedOver };
}
