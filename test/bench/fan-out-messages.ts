/**
 * Finds messages in what a connection receives without reading what is in them. A message may be cut anywhere by the end
 * of a read, and a read may hold many.
 */
export interface MessageScanner {
  scan(chunk: Buffer): void;
}

/** `start`: where the message begins in the chunk; -1 when it began in an earlier one. The chunk is reused afterwards. */
export type OnMessage = (chunk: Buffer, start: number) => void;

const SHORTEST_HEAD_BYTES = 2;
const OPCODE_CLOSE = 8;
const OPCODE_PING = 9;

/** Messages of a WebSocket server: frames without masks (RFC 6455, section 5.2). Throws at a close frame. */
export class FrameScanner implements MessageScanner {
  readonly #onMessage: OnMessage;
  readonly #onPing: () => void;
  /** The head of the present frame as far as it has come; 8 bytes of length are the most. */
  readonly #head = Buffer.alloc(10);
  #headBytes = 0;
  #isInPayload = false;
  #missingBytes = 0;

  constructor(onMessage: OnMessage, onPing: () => void) {
    this.#onMessage = onMessage;
    this.#onPing = onPing;
  }

  scan(chunk: Buffer): void {
    let start = -1;
    let at = 0;
    while (at < chunk.length) {
      if (this.#isInPayload) {
        const taken = Math.min(this.#missingBytes, chunk.length - at);
        at += taken;
        this.#missingBytes -= taken;
      } else {
        this.#head[this.#headBytes++] = chunk[at++] ?? 0;
        if (this.#headBytes < headBytes(this.#head, this.#headBytes)) continue;
        this.#isInPayload = true;
        this.#missingBytes = payloadBytes(this.#head);
        const opcode = opcodeOf(this.#head);
        if (opcode > 0 && opcode < OPCODE_CLOSE) start = at;
      }
      if (this.#missingBytes > 0) continue;
      this.#endFrame(chunk, start);
    }
  }

  #endFrame(chunk: Buffer, start: number): void {
    const opcode = opcodeOf(this.#head);
    const isFinal = ((this.#head[0] ?? 0) & 0x80) !== 0;
    this.#isInPayload = false;
    this.#headBytes = 0;
    if (opcode === OPCODE_CLOSE) throw new Error('received a close frame, wanted messages');
    if (opcode === OPCODE_PING) this.#onPing();
    if (opcode < OPCODE_CLOSE && isFinal) this.#onMessage(chunk, start);
  }
}

function opcodeOf(head: Buffer): number {
  return (head[0] ?? 0) & 0x0f;
}

/** Length of the head; the least that it can be while the byte that says so is missing. */
function headBytes(head: Buffer, received: number): number {
  if (received < SHORTEST_HEAD_BYTES) return SHORTEST_HEAD_BYTES;
  if (head[1] === 127) return 10;
  return head[1] === 126 ? 4 : 2;
}

function payloadBytes(head: Buffer): number {
  if (head[1] === 127) return Number(head.readBigUInt64BE(2));
  return head[1] === 126 ? head.readUInt16BE(2) : (head[1] ?? 0);
}

const MARKER = Buffer.from('event: next');
const MARKER_START = 'e'.charCodeAt(0);
const NOTHING = Buffer.alloc(0);

/** Messages of GraphQL over SSE, by the line that begins each; a line that a chunk of HTTP cuts is not counted. */
export class EventScanner implements MessageScanner {
  readonly #onMessage: OnMessage;
  /** The end of what was read, where a marker may have begun; shorter than a marker. */
  #tail = NOTHING;

  constructor(onMessage: OnMessage) {
    this.#onMessage = onMessage;
  }

  scan(chunk: Buffer): void {
    const cutBytes = MARKER.length - 1;
    const seam = this.#tail.length === 0 ? NOTHING : Buffer.concat([this.#tail, chunk.subarray(0, cutBytes)]);
    if (seam.includes(MARKER)) this.#onMessage(chunk, -1);
    for (let at = chunk.indexOf(MARKER); at !== -1; at = chunk.indexOf(MARKER, at + MARKER.length)) {
      this.#onMessage(chunk, at);
    }
    const end =
      chunk.length < cutBytes ? Buffer.concat([this.#tail, chunk]).subarray(-cutBytes) : chunk.subarray(-cutBytes);
    this.#tail = end.includes(MARKER_START) ? Buffer.from(end) : NOTHING;
  }
}
