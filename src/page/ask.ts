/// <reference lib="dom" />
import { DeskProblem } from './desk-problem.ts';
import type { Operation } from './panel.ts';

/** What is wrong, as GraphQL says it. */
export interface WireError {
  readonly message: string;
  readonly extensions?: { readonly code?: string };
}

/** A result of GraphQL, as it comes over the wire. */
export interface WireResult {
  readonly data?: unknown;
  readonly errors?: readonly WireError[];
}

const WENT_AWAY = 'the server did not answer: it may be restarting';

/** One question over HTTP. Rejects with DeskProblem when any part of the answer is missing. */
export async function askOverHttp<Data>(endpoint: string, { query, variables }: Operation): Promise<Data> {
  const { data, errors } = await post(endpoint, JSON.stringify({ query, variables }));
  const [error] = errors ?? [];
  if (error !== undefined) throw new DeskProblem(error.message, error.extensions?.code);
  if (data === undefined || data === null) throw new DeskProblem(WENT_AWAY);
  // The server answers in the shape that the query asks for.
  return data as Data;
}

async function post(endpoint: string, body: string): Promise<WireResult> {
  try {
    const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
    const response = await fetch(endpoint, { method: 'POST', headers, body });
    return (await response.json()) as WireResult;
  } catch (error) {
    throw new DeskProblem(WENT_AWAY, undefined, error);
  }
}
