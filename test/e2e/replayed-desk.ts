import { startDeskgraph, type TestDeskgraph } from '../support/deskgraph.ts';
import { runProgram } from '../support/process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** A desk with one gateway, whose venue is a recorded session in a process of its own. */
export interface ReplayedDesk extends AsyncDisposable {
  readonly desk: TestDeskgraph;
  /** Nothing comes from the venue until `resume`, so that several may ask before its first frame. */
  pause(): void;
  resume(): void;
  /** Resolves when the gateway asks the venue for so many topics. */
  untilWanted(topics: number): Promise<void>;
  /** Ends the process of the venue. */
  endVenue(): void;
}

/** A desk with the gateway `okx` to a session that `deskgraph replay` serves, so many times as fast as recorded. */
export async function startReplayedDesk(session: string, speed: number): Promise<ReplayedDesk> {
  const folder = temporaryFolder();
  const { child, finished, waitFor } = runProgram(
    ['replay', session, '--venue', 'okx', '--port', '0', '--speed', String(speed)],
    { cwd: folder.path },
  );
  const [, origin = ''] = await waitFor(/(ws:\/\/127\.0\.0\.1:\d+)/);
  const desk = await startDeskgraph(gatewayTo(origin));
  return {
    desk,
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    endVenue: () => void child.kill('SIGTERM'),
    untilWanted: async (topics) => {
      const statuses = desk.events('subscription { gatewayStatus(name: "okx") { connections { subscriptions } } }');
      for await (const { data } of statuses) {
        const wanted = data.gatewayStatus.connections.flatMap(({ subscriptions }: typeof data) => subscriptions);
        if (wanted.length === topics) return;
      }
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGCONT');
      await desk.close();
      child.kill('SIGTERM');
      await finished;
      folder[Symbol.dispose]();
    },
  };
}

/** What a desk is started with to have the gateway `okx` to whoever serves the sockets of OKX there. */
export function gatewayTo(origin: string, more = '') {
  const urls = `{ public: "${origin}/ws/v5/public", business: "${origin}/ws/v5/business" }`;
  return {
    environment: { DESKGRAPH_CONFIG: 'desk.yaml' },
    files: { 'desk.yaml': `gateways:\n  - { name: okx, venue: okx, ${more}urls: ${urls} }\n` },
  };
}
