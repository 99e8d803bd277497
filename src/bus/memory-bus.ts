import type { Clock } from '../async/clock.ts';
import type { Bus } from './bus.ts';
import { createConflatedTopic } from './memory/conflated-topic.ts';
import { createLosslessTopic } from './memory/lossless-topic.ts';
import { createTapeTopic } from './memory/tape-topic.ts';

export interface MemoryBusOptions {
  /** Names the counting of this process; another one at every start. */
  readonly epoch: string;
  readonly clock: Clock;
}

/** The bus of a server that is one process. */
export function createMemoryBus({ epoch, clock }: MemoryBusOptions): Bus {
  return {
    ticks: createConflatedTopic({ epoch, clock }),
    liveBars: createConflatedTopic({ epoch, clock }),
    marketTrades: createTapeTopic({ epoch }),
    gatewayStatus: createConflatedTopic({ epoch, clock }),
    positions: createConflatedTopic({ epoch, clock }),
    balances: createConflatedTopic({ epoch, clock }),
    runStatus: createConflatedTopic({ epoch, clock }),
    losslessTopic: (options) => createLosslessTopic({ ...options, clock }),
  };
}
