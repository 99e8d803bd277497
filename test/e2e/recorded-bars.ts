/** A state of a bar of one minute: which minute of the session, size traded so far, price, and whether it is over. */
export type BarState = readonly [symbol: string, minute: number, volume: number, price: number, isClosed: boolean];

const START = Date.UTC(2022, 4, 13, 16, 27);

export interface Bar {
  readonly symbol: string;
  readonly interval: string;
  readonly openTime: string;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
  readonly isClosed: boolean;
}

/** The bar as GraphQL's LiveBar. */
export function barOf([symbol, minute, volume, price, isClosed]: BarState): Bar {
  const openTime = new Date(START + minute * 60_000).toISOString();
  return {
    ...{ symbol, interval: 'M1', openTime, open: 30_000.5, high: price + 1, low: 1_999.5, close: price, volume },
    isClosed,
  };
}

/** A session of OKX's candle channel as a recorder would have written it, a line for each frame. */
export function recordedBars(frames: readonly (readonly BarState[])[]): string {
  const url = 'wss://ws.okx.com:8443/ws/v5/business';
  const argument = (symbol = '') => ({ channel: 'candle1m', instId: symbol });
  const args = [...new Set(frames.flat().map(([symbol]) => symbol))].map(argument);
  const pushes = frames.map((states) => ({
    arg: argument(states[0]?.[0]),
    data: states.map((state) => {
      const { openTime, open, high, low, close, volume, isClosed } = barOf(state);
      return [Date.parse(openTime), open, high, low, close, volume, 0, 0, isClosed ? 1 : 0].map(String);
    }),
  }));
  const lines = [
    { t: 100, dir: 'open', conn: '1', url },
    { t: 100.5, dir: 'out', conn: '1', text: JSON.stringify({ op: 'subscribe', args }) },
    ...pushes.map((push, index) => ({ t: 101 + index * 0.2, dir: 'in', conn: '1', text: JSON.stringify(push) })),
  ];
  return lines.map((line) => JSON.stringify(line)).join('\n');
}
