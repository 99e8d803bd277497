/**
 * The raw limit of fan-out: `node fan-out-raw-server.ts SOURCE_URL STREAM` makes one ready frame of each event of the source
 * and writes the very same bytes to every socket. Prints `listening on http://127.0.0.1:PORT`.
 */
import { createServer } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { STREAMS, type StreamName, SYMBOL } from './fan-out-subscription.ts';

const ID = '00000000-aaaa-4bbb-8ccc-000000000000';

const stream: StreamName = process.argv[3] === 'trades' ? 'trades' : 'ticks';
const members = new Set<Duplex>();
let seq = 0;

const sockets = new WebSocketServer({ noServer: true, perMessageDeflate: false });
const server = createServer();
server.on('upgrade', (request, socket, head) => {
  sockets.handleUpgrade(request, socket, head, (member) => {
    members.add(socket);
    member.on('close', () => members.delete(socket));
    member.on('error', () => member.terminate());
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') console.log(`listening on http://127.0.0.1:${address?.port}`);
});

const source = new WebSocket((process.argv[2] ?? '').replace('http:', 'ws:'), { perMessageDeflate: false });
const subscribe = { op: 'subscribe', args: [{ channel: STREAMS[stream].channel, instId: SYMBOL }] };
source.on('open', () => source.send(JSON.stringify(subscribe)));
source.on('message', (received) => {
  const message: { data?: readonly Record<string, string>[] } = JSON.parse(String(received));
  const [row] = message.data ?? [];
  if (row === undefined) return;
  const data = stream === 'ticks' ? tickOf(row) : tradeOf(row);
  const frame = textFrame(JSON.stringify({ id: ID, type: 'next', payload: { data } }));
  for (const member of members) member.write(frame);
});

/** What the product says of the same event, in as many bytes. */
function tickOf({ instId: symbol, last, lastSz, bidPx, askPx, vol24h }: Record<string, string>): object {
  const ticks = {
    symbol,
    seq: ++seq,
    last: Number(last),
    lastSize: Number(lastSz),
    bid: Number(bidPx),
    ask: Number(askPx),
    volume24h: Number(vol24h),
    receivedAt: new Date(),
  };
  return { ticks };
}

/** The same for a trade. */
function tradeOf({ instId: symbol, tradeId, px: price, sz: size, side, ts }: Record<string, string>): object {
  const [timestamp, receivedAt] = [new Date(Number(ts)), new Date()];
  const print = { symbol, seq: ++seq, tradeId, price, size, side: side?.toUpperCase(), timestamp, receivedAt };
  return { marketTrades: print };
}

/** A text frame as a server sends it, with a payload of 126 to 65,535 bytes (RFC 6455, section 5.2). */
function textFrame(text: string): Buffer {
  const payload = Buffer.from(text);
  return Buffer.concat([Buffer.from([0x81, 126, payload.length >> 8, payload.length & 0xff]), payload]);
}
