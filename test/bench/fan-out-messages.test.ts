import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EventScanner, FrameScanner, type MessageScanner, type OnMessage } from './fan-out-messages.ts';

const TEXT_START = 0x01;
const CONTINUATION = 0x00;
const PING = 0x89;
const FINAL = 0x80;

function frame(firstByte: number, payload: string): Buffer {
  const body = Buffer.from(payload);
  const { length } = body;
  if (length < 126) return Buffer.concat([Buffer.from([firstByte, length]), body]);
  if (length < 65_536) return Buffer.concat([Buffer.from([firstByte, 126, length >> 8, length & 0xff]), body]);
  const head = Buffer.from([firstByte, 127, 0, 0, 0, 0, 0, 0, 0, 0]);
  head.writeUInt32BE(length, 6);
  return Buffer.concat([head, body]);
}

/** One message in one frame, or in two with a ping between them. */
function framesOf({ text, isFragmented }: { text: string; isFragmented: boolean }): Buffer {
  if (!isFragmented) return frame(TEXT_START | FINAL, text);
  return Buffer.concat([frame(TEXT_START, text), frame(PING, ''), frame(CONTINUATION | FINAL, 'the rest')]);
}

/** The bytes in reads of the given lengths, repeated, all into the same buffer. */
function readInto(scanner: MessageScanner, bytes: Buffer, lengths: readonly number[]): void {
  const buffer = Buffer.alloc(Math.max(...lengths));
  for (let at = 0, read = 0; at < bytes.length; read++) {
    const length = Math.min(lengths[read % lengths.length] ?? 1, bytes.length - at);
    bytes.copy(buffer, 0, at, at + length);
    scanner.scan(buffer.subarray(0, length));
    at += length;
  }
}

/** Counts, and remembers how the messages begin whose beginning is in the chunk. */
function collector(): { readonly beginnings: (string | undefined)[]; readonly onMessage: OnMessage } {
  const beginnings: (string | undefined)[] = [];
  return {
    beginnings,
    onMessage: (chunk, start) =>
      beginnings.push(start === -1 ? undefined : chunk.toString('latin1', start, start + 11)),
  };
}

const readLengths = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 8 });

describe('FrameScanner', () => {
  const message = fc.record({
    text: fc
      .oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(125, 126, 65_535, 65_536))
      .map((length) => 'abcdefghijk'.repeat(length / 11 + 1).slice(0, length)),
    isFragmented: fc.boolean(),
  });

  it('finds each message once and answers each ping, however reads cut them', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 12 }), readLengths, (messages, lengths) => {
        const { beginnings, onMessage } = collector();
        let pings = 0;
        const scanner = new FrameScanner(onMessage, () => {
          pings += 1;
        });
        readInto(scanner, Buffer.concat(messages.map(framesOf)), lengths);
        expect(beginnings).toHaveLength(messages.length);
        for (const [index, beginning = ''] of beginnings.entries()) {
          const text = messages[index]?.text.slice(0, beginning.length) ?? '';
          expect(beginning.slice(0, text.length)).toBe(text);
        }
        expect(pings).toBe(messages.filter(({ isFragmented }) => isFragmented).length);
      }),
    );
  });

  it('says where a message begins that came in one piece', () => {
    const { beginnings, onMessage } = collector();
    const bytes = Buffer.concat(['abcdefghijk-1', 'bcdefghijkl-2'].map((text) => frame(TEXT_START | FINAL, text)));
    readInto(new FrameScanner(onMessage, () => undefined), bytes, [bytes.length - 1]);
    expect(beginnings).toEqual(['abcdefghijk', undefined]);
  });

  it('does not outlive a close frame', () => {
    const scanner = new FrameScanner(
      () => undefined,
      () => undefined,
    );
    expect(() => scanner.scan(frame(0x88, ''))).toThrow('close frame');
  });
});

describe('EventScanner', () => {
  const event = fc.constantFrom(
    'event: next\ndata: {"data":{}}\n\n',
    'event: next\r\ndata: e\r\n\r\n',
    ':\n\n',
    'event: complete\ndata:\n\n',
    'event: neevent: next\n\n',
  );

  it('finds each event of type next once, however reads cut them', () => {
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), readLengths, (events, lengths) => {
        const { beginnings, onMessage } = collector();
        readInto(new EventScanner(onMessage), Buffer.from(events.join('')), lengths);
        expect(beginnings).toHaveLength(events.filter((text) => text.includes('event: next')).length);
        expect(beginnings.filter((text) => text !== undefined && text !== 'event: next')).toEqual([]);
      }),
    );
  });
});
