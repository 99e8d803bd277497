/** Bounds of sizes and waits at the socket. */
export interface TransportLimits {
  readonly bodyBytes: number;
  readonly headerBytes: number;
  /** Of one WebSocket message. */
  readonly messageBytes: number;
  /** From the connection, or the answer before, to the last header. */
  readonly headersTimeoutMs: number;
  /** From the headers to the last byte of the body. */
  readonly bodyTimeoutMs: number;
  /** From a WebSocket's handshake to its connection_init message. */
  readonly initTimeoutMs: number;
  /** How long a connection may stand still in either direction while something is to be written or read. */
  readonly idleTimeoutMs: number;
  /** How long a reader of a stream may take not one byte while more than `behindBytes` wait for it. */
  readonly stallTimeoutMs: number;
  /** With more unsent bytes a reader of streams is behind: what can wait is not written any more. */
  readonly behindBytes: number;
  /** From one WebSocket ping, or comment in a silent event stream, to the next. */
  readonly keepAliveMs: number;
  /** A WebSocket client that shows no sign of life for so long is gone. */
  readonly pongTimeoutMs: number;
  /** Operations under way on one WebSocket. */
  readonly operationsPerSocket: number;
  /** What a client of an event stream is told to wait before it connects again to a server that restarts. */
  readonly retryMs: number;
  /** What is under way when the server stops has this long to end. */
  readonly shutdownTimeoutMs: number;
  /** How long a client whose body was refused may take to read why. */
  readonly lingerMs: number;
}

export const TRANSPORT_LIMITS: TransportLimits = {
  bodyBytes: 256 * 1024,
  headerBytes: 16 * 1024,
  messageBytes: 256 * 1024,
  headersTimeoutMs: 10_000,
  bodyTimeoutMs: 30_000,
  initTimeoutMs: 3_000,
  idleTimeoutMs: 60_000,
  stallTimeoutMs: 30_000,
  behindBytes: 64 * 1024,
  keepAliveMs: 12_000,
  pongTimeoutMs: 30_000,
  operationsPerSocket: 50,
  retryMs: 1_000,
  shutdownTimeoutMs: 9_000,
  lingerMs: 1_000,
};
