/** How the two ends of a socket find out that the other one is still there. */
export type Heartbeat =
  /** Ping frames of the WebSocket protocol. */
  | { readonly kind: 'frame'; readonly intervalMs: number; readonly timeoutMs: number }
  /** A text of ours that the venue answers with a text of its own, which is not data. */
  | {
      readonly kind: 'text';
      readonly ping: string;
      readonly pong: string;
      readonly intervalMs: number;
      readonly timeoutMs: number;
    };
