import type { Clock } from '../async/clock.ts';
import { pause } from '../async/pause.ts';
import { CodedError, notFound } from '../domain/errors.ts';
import type { HttpClient } from '../transport/http-client.ts';
import { HttpFailure } from '../transport/http-failure.ts';
import type { Reply } from './reply.ts';

export interface VendorQuestion<Value> {
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly signal: AbortSignal;
  /** Throws a CodedError for what is no answer. */
  readonly parse: (reply: Reply) => Value;
  /** Whether status 404 says that there is no such thing, and not that the address is wrong. Default false. */
  readonly isUnknownAt404?: boolean | undefined;
}

/** The hosts of one vendor, asked over HTTP. */
export interface VendorWeb {
  /** What a reply was parsed to. Fails with NOT_FOUND, UPSTREAM_UNAVAILABLE, DATA_INVALID or the signal's reason. */
  ask<Value>(question: VendorQuestion<Value>): Promise<Value>;
  /** A pause of random length between two pages of one list. */
  betweenPages(signal: AbortSignal): Promise<void>;
}

export interface VendorWebOptions {
  readonly http: HttpClient;
  readonly clock: Clock;
  /** Answers numbers from 0 to below 1. */
  readonly random: () => number;
  /** Milliseconds. */
  readonly pagePause: { readonly least: number; readonly most: number };
}

export function createVendorWeb({ http, clock, random, pagePause }: VendorWebOptions): VendorWeb {
  return {
    async ask({ url, headers, signal, parse, isUnknownAt404 = false }) {
      const reply = await http.get({ url, headers, signal }).catch((error: unknown) => {
        throw error instanceof HttpFailure ? asCoded(error) : error;
      });
      if (reply.status === 404 && isUnknownAt404) throw notFound('it has no such code');
      try {
        const value = parse(reply);
        if (reply.status < 400) return value;
      } catch (error) {
        if (error instanceof CodedError && error.code === 'UPSTREAM_UNAVAILABLE') http.discredit(url);
        // What the body says of a bad status is told; that it is no series goes without saying.
        if (reply.status < 400 || !(error instanceof CodedError && error.code === 'DATA_INVALID')) throw error;
      }
      throw new CodedError('UPSTREAM_UNAVAILABLE', `it answered with status ${reply.status}`);
    },
    betweenPages: (signal) =>
      pause(Math.round(pagePause.least + random() * (pagePause.most - pagePause.least)), { clock, signal }),
  };
}

/** A body that cannot be used is the vendor's; everything else means that it could not be asked. */
function asCoded(failure: HttpFailure): CodedError {
  const isBody = failure.kind === 'TOO_LARGE' || failure.kind === 'BROKEN';
  return new CodedError(isBody ? 'DATA_INVALID' : 'UPSTREAM_UNAVAILABLE', failure.message, { cause: failure });
}
