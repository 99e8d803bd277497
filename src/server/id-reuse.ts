/** An id that is in use, from a subscribe message until everything of its operation is over here. */
interface Use {
  /** The client has completed it, and may use the id again. */
  isCompleted: boolean;
  /** The subscribe message that uses the id next. */
  waiting: string | undefined;
}

export interface IdReuseOptions {
  /** Handles a message; resolves for a subscribe message when its operation is over. Must not reject. */
  readonly handle: (message: string) => Promise<void>;
  /** The client has completed an operation that is not over here. */
  readonly onCompleted: (id: string) => void;
  /** Two operations were asked for under one id. */
  readonly onDuplicate: () => void;
}

/**
 * Lets a client use an id again as soon as it has completed it. graphql-ws knows an operation by nothing but its id, and
 * is done with a completed one only when its answer is there: until then it would send that answer under the id's next
 * use, and forget the next use together with the former one. So the next use waits for the end of the former one.
 */
export class IdReuse {
  readonly #options: IdReuseOptions;
  readonly #uses = new Map<string, Use>();

  constructor(options: IdReuseOptions) {
    this.#options = options;
  }

  receive(message: string): void {
    const { type, id } = readHead(message);
    const use = this.#uses.get(id);
    if (use?.isCompleted === true) this.#hold(use, type, message);
    else if (use === undefined && type === 'subscribe') void this.#begin(id, message);
    else if (use !== undefined && type === 'complete') this.#complete(use, id, message);
    else void this.#options.handle(message);
  }

  async #begin(id: string, message: string): Promise<void> {
    const use: Use = { isCompleted: false, waiting: undefined };
    this.#uses.set(id, use);
    await this.#options.handle(message);
    this.#uses.delete(id);
    if (use.waiting !== undefined) this.receive(use.waiting);
  }

  #complete(use: Use, id: string, message: string): void {
    use.isCompleted = true;
    // First graphql-ws lets it go, so that what the operation says to the end of its signal goes nowhere.
    void this.#options.handle(message);
    this.#options.onCompleted(id);
  }

  #hold(use: Use, type: string, message: string): void {
    if (type === 'complete') use.waiting = undefined;
    else if (use.waiting === undefined) use.waiting = message;
    else this.#options.onDuplicate();
  }
}

/** Empty texts for what has no id, or is no message at all: to be judged by graphql-ws. */
function readHead(message: string): { readonly type: string; readonly id: string } {
  try {
    const { type, id }: Record<string, unknown> = Object(JSON.parse(message));
    const hasId = (type === 'subscribe' || type === 'complete') && typeof id === 'string';
    return hasId ? { type, id } : { type: '', id: '' };
  } catch {
    return { type: '', id: '' };
  }
}
