/** A frame of the WebSocket protocol (RFC 6455, section 5.2) as a server sends it, with whatever is wrong in it. */
export interface ScriptedFrame {
  /** 1 text, 2 binary, 8 close, 9 ping, 10 pong; others are reserved. */
  readonly opcode: number;
  readonly payload?: string | Buffer;
  /** What the head says of the length; default: the truth. */
  readonly length?: number;
  readonly isFinal?: boolean;
  /** The first reserved bit, which says that the payload is deflated. */
  readonly isDeflated?: boolean;
  /** A server must not. */
  readonly isMasked?: boolean;
}

export function frameBytes({ opcode, payload = '', isFinal = true, ...rest }: ScriptedFrame): Buffer {
  const body = Buffer.from(payload);
  const { length = body.length, isDeflated = false, isMasked = false } = rest;
  const first = (isFinal ? 0x80 : 0) | (isDeflated ? 0x40 : 0) | opcode;
  const mask = isMasked ? 0x80 : 0;
  return Buffer.concat([Buffer.from([first]), lengthBytes(length, mask), Buffer.alloc(isMasked ? 4 : 0), body]);
}

function lengthBytes(length: number, mask: number): Buffer {
  if (length < 126) return Buffer.from([mask | length]);
  const bytes = Buffer.alloc(length < 65_536 ? 3 : 9);
  bytes[0] = mask | (length < 65_536 ? 126 : 127);
  if (length < 65_536) bytes.writeUInt16BE(length, 1);
  else bytes.writeBigUInt64BE(BigInt(length), 1);
  return bytes;
}
