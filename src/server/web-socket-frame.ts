import type { Payload } from '../execution/shared-subscriptions.ts';

/** FIN and the opcode of a text frame. */
const TEXT_FRAME = 0x81;
const LONGEST_HEADER = 10;
const CLOSING_BRACE = 0x7d;

/** What a graphql-transport-ws message of type next begins with; the result and a brace follow. */
export function nextHead(id: string): Buffer {
  return Buffer.from(`{"id":${JSON.stringify(id)},"type":"next","payload":`);
}

/**
 * One text frame for each payload, unmasked as a server sends them (RFC 6455 section 5.2): the messages of type next
 * of graphql-transport-ws with these heads.
 */
export function nextFrames(head: Buffer, payloads: readonly Payload[]): Buffer {
  let room = 0;
  for (const { json } of payloads) room += LONGEST_HEADER + head.length + json.length + 1;
  const bytes = Buffer.allocUnsafe(room);
  let at = 0;
  for (const { json } of payloads) {
    at = writeHeader(bytes, at, head.length + json.length + 1);
    at += head.copy(bytes, at);
    at += json.copy(bytes, at);
    bytes[at++] = CLOSING_BRACE;
  }
  return bytes.subarray(0, at);
}

function writeHeader(bytes: Buffer, at: number, length: number): number {
  bytes[at] = TEXT_FRAME;
  if (length < 126) return bytes.writeUInt8(length, at + 1);
  if (length < 65_536) return bytes.writeUInt16BE(length, bytes.writeUInt8(126, at + 1));
  return bytes.writeBigUInt64BE(BigInt(length), bytes.writeUInt8(127, at + 1));
}
