import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { formatDay } from '../../src/domain/day.ts';
import { CodedError } from '../../src/domain/errors.ts';
import type { BarColumns } from '../../src/domain/series.ts';
import {
  createVendorSource,
  type OpenVendorSource,
  type VendorConfig,
  type VendorParts,
} from '../../src/sources/vendors.ts';
import { day } from './bars.ts';
import { type Answering, type HttpServer, startHttpServer } from './http-server.ts';
import { ManualClock } from './manual-clock.ts';

/** Saturday, after all markets of the week have closed. */
export const NOW = Date.UTC(2026, 10, 21, 12);

/** Waits that are shorter are pauses, and time may pass; longer ones are deadlines. */
const LONGEST_PAUSE_MS = 4_500;

/** The bytes of a recorded reply. */
export function recorded(vendor: string, name: string): Buffer {
  return readFileSync(join(import.meta.dirname, '..', 'sources', vendor, `${name}.reply`));
}

export interface VendorDesk extends AsyncDisposable {
  readonly clock: ManualClock;
  readonly server: HttpServer;
  readonly source: OpenVendorSource;
  /** What a load comes to, pauses between pages and attempts taken at once. */
  load<Value>(load: (source: OpenVendorSource, signal: AbortSignal) => Promise<Value>): Promise<Value>;
  /** The error of a load, which has to fail with a coded one. */
  fail(load: (source: OpenVendorSource, signal: AbortSignal) => Promise<unknown>): Promise<CodedError>;
}

/** A vendor's source that asks a server of the test's own. */
export async function openVendorDesk(
  configure: (url: string) => VendorConfig,
  answer: Answering,
  parts: Partial<VendorParts> = {},
): Promise<VendorDesk> {
  const clock = new ManualClock(NOW);
  const server = await startHttpServer(answer);
  const source = createVendorSource(configure(server.url), {
    clock,
    random: () => 0.5,
    startDay: day('2015-01-01'),
    ...parts,
  });
  const { signal } = new AbortController();
  const load: VendorDesk['load'] = (work) => passing(clock, work(source, signal));
  return {
    clock,
    server,
    source,
    load,
    fail: async (work) => {
      const error = await load(work).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      if (error instanceof CodedError) return error;
      throw new Error('wanted a CodedError', { cause: error });
    },
    [Symbol.asyncDispose]: async () => {
      await source.close();
      await server[Symbol.asyncDispose]();
      expect(clock.pending).toBe(0);
      for (const { underWay, waiting } of source.hosts()) expect([underWay, waiting]).toEqual([0, 0]);
    },
  };
}

/** Lets pauses pass until the promise is settled. */
export async function passing<Value>(clock: ManualClock, promise: Promise<Value>): Promise<Value> {
  let isSettled = false;
  const settled = promise.finally(() => {
    isSettled = true;
  });
  settled.catch(() => undefined);
  while (!isSettled) {
    await new Promise((resolve) => setImmediate(resolve));
    const wait = clock.untilNext;
    if (wait !== undefined && wait < LONGEST_PAUSE_MS) clock.advance(wait);
  }
  return settled;
}

/** A table of answers by what a request asks for; status 404 for anything else. */
export function answering(
  replyTo: (path: string, query: URLSearchParams) => string | Uint8Array | undefined,
): Answering {
  return ({ path, query, headers }, response) => {
    const body = replyTo(path, query);
    if (body === undefined) return void response.writeHead(404, { 'content-type': 'text/html' }).end('<html></html>');
    const packs = String(headers['accept-encoding']).includes('gzip');
    response.writeHead(200, packs ? { 'content-encoding': 'gzip' } : {}).end(packs ? gzipSync(body) : body);
  };
}

/** Rows of date, open, high, low, close, volume and amount; null for what is missing. */
export function rowsOf(columns: BarColumns): (string | number | null)[][] {
  const { open, high, low, close, volume, amount } = columns;
  return Array.from(columns.day, (each, index) => [
    formatDay(each),
    ...[open, high, low, close, volume, amount].map((column) => {
      const figure = column[index] ?? Number.NaN;
      return Number.isNaN(figure) ? null : figure;
    }),
  ]);
}
