/** How the two ends of a socket find out that the other one is still there. */
export type Heartbeat =
  /** Ping frames of the WebSocket protocol. */
  | { readonly kind: 'frame'; readonly intervalMs: number; readonly timeoutMs: number }
  /**
   * Ping frames that the other end sends, and the socket answers by itself. We send one where nothing else has come for a
   * while.
   */
  | { readonly kind: 'serverFrame' }
  /** A text of ours that the venue answers with a text of its own, which is not data. */
  | {
      readonly kind: 'text';
      readonly ping: string;
      readonly pong: string;
      readonly intervalMs: number;
      readonly timeoutMs: number;
    }
  /** The same with texts that differ each time. */
  | {
      readonly kind: 'message';
      /** `now` is milliseconds since the epoch; `count` rises by one with each ping of the connection, from 1. */
      ping(now: number, count: number): string;
      /** Called for every text of the venue. */
      isPong(text: string): boolean;
      readonly intervalMs: number;
      readonly timeoutMs: number;
    }
  /** A text of the venue that we have to answer, which is not data; called for every text of it. */
  | { readonly kind: 'serverMessage'; answer(text: string): string | undefined }
  /** Engine.IO 4, which the venue opens with `0` and pings with `2`: https://socket.io/docs/v4/engine-io-protocol/ */
  | { readonly kind: 'engineIo' };

/** Whether our pings are texts, which only a text answers. */
export function hasTexts(heartbeat: Heartbeat): boolean {
  return heartbeat.kind === 'text' || heartbeat.kind === 'message';
}

/** Whether a text of the venue answers our ping. */
export function isPong(heartbeat: Heartbeat, text: string): boolean {
  if (heartbeat.kind === 'text') return text === heartbeat.pong;
  return heartbeat.kind === 'message' && heartbeat.isPong(text);
}

/** What a text of the venue that is part of the heartbeat wants for an answer. */
export function answerTo(heartbeat: Heartbeat, text: string): string | undefined {
  if (heartbeat.kind === 'serverMessage') return heartbeat.answer(text);
  if (heartbeat.kind !== 'engineIo') return undefined;
  if (text === '2') return '3';
  return text.startsWith('0{') ? '40' : undefined;
}
