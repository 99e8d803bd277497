/// <reference lib="dom" />

/** An operation, and the variables with which it is asked. */
export interface Operation {
  readonly query: string;
  readonly variables?: object | undefined;
}

export interface Following<Data> {
  readonly query: string;
  /** Asked anew for each connection, so that a lossless stream goes on behind its last cursor. */
  variables(): object;
  onData(data: Data): void;
  /**
   * The stream is over; `problem` is the message of the error that ended it and `code` its ErrorCode. What passes by
   * itself, such as a server that restarts or a reader that fell behind, ends nothing: it is followed again.
   */
  onEnd(problem: string | undefined, code: string | undefined): void;
}

/** The way of every panel to the server: one WebSocket that comes back by itself. */
export interface Desk {
  /** Rejects with a DeskProblem that has the server's message. Asks once: what is lost on the way stays lost. */
  ask<Data>(operation: Operation): Promise<Data>;
  /** Until the answered function is called, over lost connections. */
  follow<Data>(following: Following<Data>): () => void;
}

/** What the server tells the page when it is opened. */
export interface DeskFacts {
  readonly gateways: readonly GatewayFacts[];
  readonly commands: readonly { readonly name: string; readonly script?: string | undefined }[];
  readonly isDemo: boolean;
  readonly hasGraphiQL: boolean;
}

export interface GatewayFacts {
  readonly name: string;
  readonly symbols: readonly string[];
  /** Whose orders it carries; null: market data alone. */
  readonly accountCookie: string | null;
}

/** A part of the page. Made by a function that fills an element, with what it needs besides the desk. */
export interface Panel {
  readonly title: string;
  /** What the panel asks at this moment: the text that "show the GraphQL" opens. */
  operation(): Operation;
  /** Called once. */
  mount(body: HTMLElement, desk: Desk): void;
}
