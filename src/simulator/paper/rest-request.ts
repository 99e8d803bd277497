import type { JsonObject } from '../../domain/json-text.ts';

/** A request that was let in. */
export interface RestRequest {
  readonly query: ReadonlyMap<string, string>;
  /** Empty for GET. */
  readonly body: JsonObject;
  /** The header that says until when the request may be carried out. */
  readonly expiresAt: string | undefined;
}

export interface RestAnswer {
  readonly status: number;
  /** JSON text. */
  readonly body: string;
}

export interface RestRoute {
  readonly method: 'GET' | 'POST';
  /** Whether it wants a signature. */
  readonly isPrivate: boolean;
  /** The body of an answer with status 200. */
  readonly answer: (request: RestRequest) => string;
}
