import type { IncomingHttpHeaders } from 'node:http';
import { createServer, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { RestFailure } from '../../src/transport/rest-client.ts';
import { RestScheduler, type RestSchedulerOptions, type ScheduledRequest } from '../../src/transport/rest-scheduler.ts';
import { RestShare } from '../../src/transport/rest-share.ts';
import { end, listen } from '../support/http-server.ts';
import type { ManualClock } from '../support/manual-clock.ts';
import { until } from '../support/scripted-venue.ts';

/** A request as a venue got it. */
export interface Received {
  readonly method: string;
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly socket: Socket;
}

/** What a venue says: a status alone, or all of it. DROP: it cuts the connection. HANG: it never answers. */
export type Reply =
  | number
  | 'DROP'
  | 'HANG'
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string };

/** A venue of REST on a port of its own. */
export interface RestVenue extends AsyncDisposable {
  readonly url: string;
  readonly received: Received[];
  /** Answers that are held back. */
  readonly hanging: ServerResponse[];
  reply: (request: Received) => Reply;
}

export async function startRestVenue(): Promise<RestVenue> {
  const sockets = new Set<Socket>();
  const venue = { received: [] as Received[], hanging: [] as ServerResponse[], reply: (): Reply => 200 };
  const server = createServer(async (request, response) => {
    const { method = '', url: target = '', headers, socket } = request;
    const received = { method, target, headers, socket, body: Buffer.concat(await request.toArray()).toString() };
    venue.received.push(received);
    const reply = (venue.reply as RestVenue['reply'])(received);
    if (reply === 'DROP') socket.resetAndDestroy();
    else if (reply === 'HANG') venue.hanging.push(response);
    else if (typeof reply === 'number') response.writeHead(reply).end(reply === 204 ? undefined : '{}');
    else response.writeHead(reply.status, reply.headers).end(reply.body ?? '{}');
  });
  const port = await listen(server, sockets);
  return Object.assign(venue, {
    url: `http://127.0.0.1:${port}`,
    [Symbol.asyncDispose]: () => end(server, sockets),
  });
}

/** A client with every rule at its default. */
export function openScheduler(
  clock: ManualClock,
  options: Partial<RestSchedulerOptions> & Pick<RestSchedulerOptions, 'url'>,
): RestScheduler {
  return new RestScheduler({
    ...{ clock, random: () => 0, rules: {}, secrets: [], share: new RestShare({ clock }), timeoutMs: 5_000 },
    ...options,
  });
}

/** A GET unless said otherwise, with the instant of its signature in a header. */
export function request(changes: Partial<ScheduledRequest> & { readonly body?: string } = {}): ScheduledRequest {
  const { method = 'GET', target = '/x?a=1', body = '' } = changes;
  const compose = (venueNow: number) => ({ method, target, body, headers: { 'x-signed-at': String(venueNow) } });
  return { method, target, compose, ...changes };
}

/** The failure of an answer that must not come. */
export function failureOf(answer: Promise<unknown>): Promise<RestFailure> {
  return answer.then(
    () => Promise.reject(new Error('wanted a failure')),
    (failure: RestFailure) => failure,
  );
}

/** Resolves when the venue has got so many requests and nothing is under way any more. */
export async function settled(venue: RestVenue, scheduler: RestScheduler, count: number): Promise<void> {
  await until(() => venue.received.length === count && scheduler.status().underWay === 0);
}
