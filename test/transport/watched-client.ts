import type { Heartbeat } from '../../src/transport/heartbeat.ts';
import { WebSocketClient, type WebSocketClientOptions } from '../../src/transport/web-socket-client.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { type ScriptedVenue, startScriptedVenue, until } from '../support/scripted-venue.ts';

export const FRAME_HEARTBEAT: Heartbeat = { kind: 'frame', intervalMs: 5_000, timeoutMs: 5_000 };

/** Everything that a client told, in lists that a test reads. */
export interface WatchedClient {
  readonly client: WebSocketClient;
  readonly clock: ManualClock;
  readonly texts: string[];
  readonly unreadable: string[];
  readonly faults: unknown[];
  /** OPEN and CLOSE in their order. */
  readonly turns: string[];
  readonly states: string[];
  isOpen(): boolean;
  /** Resolves when it waits for its next attempt; answers for how long. */
  untilWaiting(): Promise<number>;
  /** Resolves when all that was on its way between the two ends has arrived. The venue must echo. */
  roundTrip(): Promise<void>;
  /** Lets time pass second by second, with a round trip after each. */
  live(ms: number): Promise<void>;
}

export type WatchedClientOptions = Partial<WebSocketClientOptions> & Pick<WebSocketClientOptions, 'url'>;

/** A client, not started, of which every text that starts with a brace is data. */
export function watchClient(options: WatchedClientOptions): WatchedClient {
  const clock = new ManualClock();
  const [texts, unreadable, faults, turns, states]: [string[], string[], unknown[], string[], string[]] = [
    [],
    [],
    [],
    [],
    [],
  ];
  const client = new WebSocketClient({
    heartbeat: FRAME_HEARTBEAT,
    clock,
    random: () => 0.5,
    onOpen: () => void turns.push('OPEN'),
    onClose: () => void turns.push('CLOSE'),
    onText: (text) => {
      texts.push(text);
      return text.startsWith('{');
    },
    onUnreadable: (reason) => void unreadable.push(reason),
    onFault: (error) => void faults.push(error),
    onChange: () => void states.push(client.status().state),
    ...options,
  });
  let echoes = 0;

  async function roundTrip(): Promise<void> {
    const echo = `echo ${++echoes}`;
    if (!client.send(echo)) throw new Error('the client is not connected');
    await until(() => texts.includes(echo));
  }

  return {
    client,
    clock,
    texts,
    unreadable,
    faults,
    turns,
    states,
    isOpen: () => client.status().state === 'CONNECTED',
    untilWaiting: async () => {
      await until(() => client.status().state === 'DISCONNECTED');
      return (client.status().nextAttemptAt ?? Number.NaN) - clock.now();
    },
    roundTrip,
    live: async (ms) => {
      for (let passed = 0; passed < ms; passed += 1000) {
        clock.advance(Math.min(1000, ms - passed));
        await roundTrip();
      }
    },
  };
}

/** A venue that sends back whatever it gets. */
export async function startEchoingVenue(): Promise<ScriptedVenue> {
  const venue = await startScriptedVenue();
  venue.onText = (connection, text) => connection.send(text);
  return venue;
}
