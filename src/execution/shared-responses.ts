import type { ExecutionResult } from 'graphql';

/** One who follows what others may follow as well. */
export interface ResponseSharer {
  /** Aborts when nobody follows any more, which is later than that one of them has left. */
  readonly signal: AbortSignal;
  /** The response to the event of this identity, which `run` makes unless somebody has asked for the same. */
  respond(identity: unknown, run: () => Promise<ExecutionResult>): Promise<ExecutionResult>;
  /** To be called when it is over. Calling it again does nothing. */
  leave(): void;
}

interface Group {
  readonly over: AbortController;
  readonly sharers: Set<ResponseSharer>;
  /** By identity, oldest first. */
  readonly responses: Map<unknown, Promise<ExecutionResult>>;
}

/** A reader that is more events behind the first one runs them for itself; chunks of output have up to 64 kB. */
const MOST_KEPT = 64;

/**
 * Runs each event once for all who ask the same of it. Each of them keeps its own place in its stream, so that one may be
 * behind, or be caught up from history, while others are not.
 */
export class SharedResponses {
  readonly #groups = new Map<string, Group>();

  /** How many groups there are. */
  get size(): number {
    return this.#groups.size;
  }

  /** `key`: identical for all whose responses to an event are the same. */
  follow(key: string): ResponseSharer {
    const group = this.#groups.get(key) ?? { over: new AbortController(), sharers: new Set(), responses: new Map() };
    this.#groups.set(key, group);
    const sharer: ResponseSharer = {
      signal: group.over.signal,
      respond: (identity, run) => respond(group, identity, run),
      leave: () => {
        if (!group.sharers.delete(sharer) || group.sharers.size > 0) return;
        this.#groups.delete(key);
        group.over.abort();
      },
    };
    group.sharers.add(sharer);
    return sharer;
  }
}

function respond(
  { responses, sharers }: Group,
  identity: unknown,
  run: () => Promise<ExecutionResult>,
): Promise<ExecutionResult> {
  const known = responses.get(identity);
  if (known !== undefined) return known;
  const response = run();
  // Nobody else may ask, and then it need not be kept.
  if (sharers.size < 2) return response;
  responses.set(identity, response);
  for (const oldest of responses.keys()) {
    if (responses.size <= MOST_KEPT) break;
    responses.delete(oldest);
  }
  return response;
}
