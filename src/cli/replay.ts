import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { SYSTEM_CLOCK } from '../async/clock.ts';
import { parseSession, SessionError } from '../simulator/replay/parse-session.ts';
import {
  isReplayVenue,
  REPLAY_VENUES,
  type ReplayServer,
  type ReplayVenueName,
  startReplayServer,
} from '../simulator/replay/replay-server.ts';

export interface ReplayArguments {
  readonly path: string;
  readonly venue: ReplayVenueName;
  readonly port: number;
  readonly speed: number;
  readonly loop: boolean;
}

const MAX_PORT = 65_535;
const MAX_SPEED = 1000;

/** The arguments after `replay`, or what is wrong with them. */
export function parseReplayArguments(args: readonly string[]): ReplayArguments | string {
  const command = `replay FILE --venue okx --port PORT [--speed NUMBER up to ${MAX_SPEED}] [--loop]`;
  const usage = `wanted ${command}; venues: ${REPLAY_VENUES.join(', ')}`;
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: {
        venue: { type: 'string', default: '' },
        port: { type: 'string', default: '' },
        speed: { type: 'string', default: '1' },
        loop: { type: 'boolean', default: false },
      },
      allowPositionals: true,
    });
    const [path, extra] = positionals;
    const { venue, loop } = values;
    if (path === undefined || extra !== undefined) {
      return `received replay ${JSON.stringify(positionals.join(' '))}, ${usage}`;
    }
    if (!isReplayVenue(venue)) return `received --venue ${JSON.stringify(venue)}, ${usage}`;
    const port = /^\d{1,5}$/.test(values.port) ? Number(values.port) : Number.NaN;
    if (!(port <= MAX_PORT)) return `received --port ${JSON.stringify(values.port)}, ${usage}`;
    const speed = /^\d{1,4}(\.\d{1,4})?$/.test(values.speed) ? Number(values.speed) : Number.NaN;
    if (!(speed > 0 && speed <= MAX_SPEED)) return `received --speed ${JSON.stringify(values.speed)}, ${usage}`;
    return { path, venue, port, speed, loop };
  } catch (error) {
    return `${error instanceof Error ? error.message : error}, ${usage}`;
  }
}

/** Serves a recorded session as its venue until SIGINT or SIGTERM, and prints how to read it. Answers the exit code. */
export async function runReplay({ path, venue, port, speed, loop }: ReplayArguments): Promise<number> {
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return refused(`${path} is no file`);
  let server: ReplayServer;
  try {
    const session = parseSession(readFileSync(path, 'utf8'));
    server = await startReplayServer({ session, venue, port, speed, loop, clock: SYSTEM_CLOCK });
  } catch (error) {
    if (!(error instanceof SessionError)) throw error;
    return refused(`${path}: ${error.message}`);
  }
  process.stdout.write(describe({ path, venue, speed, loop, server }));
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  await server.close();
  return 0;
}

interface Served extends Omit<ReplayArguments, 'port'> {
  readonly server: ReplayServer;
}

function describe({ path, venue, speed, loop, server: { url, replay } }: Served): string {
  const { pushes, symbols, channels, paths } = replay;
  const seconds = ((pushes.at(-1)?.afterMs ?? 0) / 1000).toFixed(1);
  const sockets = Object.entries(paths).map(([name, socketPath]) => ({ name, address: `${url}${socketPath}` }));
  const urls =
    replay.answerPage === undefined ? sockets : [...sockets, { name: 'rest', address: url.replace('ws:', 'http:') }];
  const manner = `${speed === 1 ? '' : `, ${speed} times as fast`}${loop ? ', again and again' : ''}`;
  const list = (items: readonly string[]) => `[${items.map((item) => JSON.stringify(item)).join(', ')}]`;
  return [
    `replaying ${path} as ${venue}: ${pushes.length} frames in ${seconds} s from the first subscription on${manner}`,
    ...urls.map(({ name, address }) => `  ${name.padEnd(8)}  ${address}`),
    '',
    'a gateway for it, in the file that DESKGRAPH_CONFIG names:',
    '',
    'gateways:',
    `  - name: ${venue}`,
    `    venue: ${venue}`,
    `    symbols: ${list(symbols)}`,
    `    channels: ${list(channels)}`,
    `    urls: { ${urls.map(({ name, address }) => `${name}: ${JSON.stringify(address)}`).join(', ')} }`,
    '',
  ].join('\n');
}

function refused(problem: string): number {
  process.stderr.write(`deskgraph: ${problem}\n`);
  return 1;
}
