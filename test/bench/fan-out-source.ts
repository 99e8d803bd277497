/**
 * The venue of the fan-out bench: `node fan-out-source.ts` speaks as much of OKX's public protocol as a gateway needs
 * for the tickers or the trades of one symbol, and writes the time of sending into each. `POST /rate?perSecond=20` sets the rate and
 * answers, as JSON, what was emitted since it was set last. Prints `listening on http://127.0.0.1:PORT`.
 */
import { createServer } from 'node:http';
import type { WebSocket } from 'ws';
import { WebSocketServer } from 'ws';
import type { Emitted } from './fan-out-subscription.ts';
import { IDLE_RATE, monotonicMicroseconds, STREAMS, SYMBOL } from './fan-out-subscription.ts';

interface Operation {
  readonly op: 'subscribe' | 'unsubscribe';
  readonly args: readonly { readonly channel: string; readonly instId: string }[];
}

/**
 * Events that are later than this are left out, so that a source that had to wait does not send a burst; unless the rate
 * comes with another `latestMs`.
 */
const LATEST_MS = 20;

/** By channel, its frames and who gets them. */
const channels = new Map([
  [STREAMS.ticks.channel, { frame: tickerFrame, sockets: new Set<WebSocket>() }],
  [STREAMS.trades.channel, { frame: tradeFrame, sockets: new Set<WebSocket>() }],
]);
let perSecond = IDLE_RATE;
let latestMs = LATEST_MS;
let rateSetAt = performance.now();
let due = 0;
let emitted = 0;

const server = createServer((request, response) => {
  const asked = new URL(request.url ?? '/', 'http://source').searchParams;
  const rate = Number(asked.get('perSecond'));
  latestMs = Number(asked.get('latestMs') ?? LATEST_MS);
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(changeRate(rate)));
});
new WebSocketServer({ server, perMessageDeflate: false }).on('connection', accept);
setInterval(emitDue, 1);
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object') console.log(`listening on http://127.0.0.1:${address?.port}`);
});

function changeRate(rate: number): Emitted {
  const now = performance.now();
  const ended: Emitted = { events: emitted, seconds: (now - rateSetAt) / 1000 };
  [perSecond, rateSetAt, due, emitted] = [rate, now, 0, 0];
  return ended;
}

function emitDue(): void {
  const dueNow = Math.floor(((performance.now() - rateSetAt) / 1000) * perSecond);
  due = Math.max(due, dueNow - Math.ceil((perSecond * latestMs) / 1000));
  for (; due < dueNow; due++, emitted++) {
    for (const { frame, sockets } of channels.values()) {
      for (const socket of sockets) socket.send(frame());
    }
  }
}

function accept(socket: WebSocket): void {
  socket.on('message', (data) => {
    const text = String(data);
    if (text === 'ping') socket.send('pong');
    else acknowledge(socket, parseOperation(text));
  });
  socket.on('close', () => {
    for (const { sockets } of channels.values()) sockets.delete(socket);
  });
  socket.on('error', () => socket.terminate());
}

function acknowledge(socket: WebSocket, { op, args }: Operation): void {
  for (const arg of args) {
    socket.send(JSON.stringify({ event: op, arg, connId: 'bench' }));
    if (arg.instId !== SYMBOL) continue;
    const sockets = channels.get(arg.channel)?.sockets;
    if (op === 'subscribe') sockets?.add(socket);
    else sockets?.delete(socket);
  }
}

function parseOperation(text: string): Operation {
  // Whoever connects is a part of the bench; what is none ends this process and with it the run.
  return JSON.parse(text) as Operation;
}

function tickerFrame(): string {
  const last = (30_000 + (emitted % 1000) / 10).toFixed(1);
  return `{"arg":{"channel":"tickers","instId":"${SYMBOL}"},"data":[{"instType":"SPOT","instId":"${SYMBOL}","last":"${last}","lastSz":"${monotonicMicroseconds()}","askPx":"30228.7","askSz":"1.5","bidPx":"30228.6","bidSz":"0.2","open24h":"29700.4","high24h":"31073","low24h":"28020.3","vol24h":"17602.1","volCcy24h":"5258","ts":"${Date.now()}"}]}`;
}

function tradeFrame(): string {
  const price = (30_000 + (emitted % 1000) / 10).toFixed(1);
  return `{"arg":{"channel":"trades","instId":"${SYMBOL}"},"data":[{"instId":"${SYMBOL}","tradeId":"${130_000_000 + emitted}","px":"${price}","sz":"${monotonicMicroseconds()}","side":"buy","ts":"${Date.now()}","count":"3","seqId":${emitted}}]}`;
}
