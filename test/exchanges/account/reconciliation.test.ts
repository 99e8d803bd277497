import { describe, expect, it } from 'vitest';
import { CodedError } from '../../../src/domain/errors.ts';
import type { OutsideOrder } from '../../../src/simulator/paper/outside.ts';
import { openAccountDesk, order, shown } from './account-desk.ts';

const RESTING: OutsideOrder = { instId: 'BTC-USDT', side: 'buy', ordType: 'limit', px: '30000', sz: '0.1' };

describe('an account whose connection is lost', () => {
  it('learns what happened meanwhile, each thing once and in the order of its time', async () => {
    await using desk = await openAccountDesk();
    await desk.session.placeOrder(order('kept'));
    const cancelled = await desk.session.placeOrder(order('gone'));
    desk.venue.disconnect();
    await desk.untilState('DISCONNECTED');
    desk.venue.outside.place({ ...RESTING, clOrdId: 'new' });
    desk.clock.advance(1);
    if (cancelled.type === 'ORDER') desk.venue.outside.cancel(cancelled.order.orderId);
    desk.clock.advance(1);
    desk.venue.outside.trade('BTC-USDT', '30000', '0.1');
    desk.clock.advance(1);
    desk.venue.outside.trade('BTC-USDT', '30000', '0.05');
    await desk.untilReconciled();
    expect(await desk.story()).toEqual([
      ...['ACCEPTED kept', 'ACCEPTED gone', 'ACCEPTED new', 'CANCELLED gone'],
      ...['FILLED kept 0.1', 'PARTIALLY_FILLED new 0.05'],
    ]);
    expect(await desk.session.openOrders()).toMatchObject([{ clientOrderId: 'new', filledVolume: '0.05' }]);
  });

  it('learns over a restart what happened while no server ran', async () => {
    await using desk = await openAccountDesk();
    await desk.session.placeOrder(order('a'));
    await desk.gateway.stop();
    desk.venue.outside.trade('BTC-USDT', '30000', '0.1');
    desk.clock.advance(1);
    desk.venue.outside.place({ ...RESTING, clOrdId: 'b' });
    await desk.restart();
    await desk.untilState('CONNECTED');
    expect(await desk.story()).toEqual(['ACCEPTED a', 'FILLED a 0.1', 'ACCEPTED b']);
    await desk.restart();
    await desk.untilState('CONNECTED');
    expect(await desk.story()).toHaveLength(3);
  });

  it('keeps what is pushed while it compares until it has compared', async () => {
    await using desk = await openAccountDesk();
    desk.venue.disconnect();
    await desk.untilState('DISCONNECTED');
    let asked = 0;
    desk.venue.interfere = ({ path }) => {
      // Between two answers of the venue something happens.
      if (path.endsWith('fills') && asked++ === 0) desk.venue.outside.place({ ...RESTING, clOrdId: 'between' });
      return 'PASS';
    };
    await desk.untilReconciled();
    expect(await desk.untilTold(1)).toEqual(['ACCEPTED between']);
  });

  it('takes no order until the lists of the venue can be read, and says why', async () => {
    await using desk = await openAccountDesk({ isStarted: false });
    desk.venue.interfere = ({ path }) => (path.endsWith('orders-history') ? { status: 500, body: 'oops' } : 'PASS');
    desk.gateway.start();
    await desk.untilState('DEGRADED');
    expect(desk.gateway.status().stateReason).toMatch(/orders-history/);
    expect(desk.gateway.status().hasComparedAccount).toBe(false);
    expect(shown(await desk.session.placeOrder(order('a')))).toBe('GATEWAY_DOWN');
    desk.venue.interfere = undefined;
    await desk.untilReconciled();
    expect(desk.gateway.status().hasComparedAccount).toBe(true);
    expect(shown(await desk.session.placeOrder(order('a')))).toBe('OPEN');
  });
});

describe('an account whose connection stands', () => {
  it('tells what is done elsewhere on the same account', async () => {
    await using desk = await openAccountDesk();
    const orderId = desk.venue.outside.place(RESTING);
    await desk.untilTold(1);
    expect(shown(await desk.session.cancelOrder({ orderId }))).toBe('CANCELLED');
    expect(await desk.story()).toEqual([`ACCEPTED ${orderId}`, `CANCELLED ${orderId}`]);
  });

  it('tells balances and positions as they change, and a closed position once', async () => {
    await using desk = await openAccountDesk();
    expect(desk.balances.map(({ currency }) => currency)).toContain('USDT');
    const swap = { instId: 'BTC-USDT-SWAP', ordType: 'market', sz: '3' } as const;
    desk.venue.outside.place({ ...swap, side: 'buy' });
    await desk.untilTold(2);
    desk.venue.outside.place({ ...swap, side: 'sell' });
    await desk.untilTold(4);
    const volumes = desk.positions.map(({ position }) => [position.instrumentId, position.volumeLong]);
    expect(volumes.at(0)).toEqual(['BTC-USDT-SWAP', 3]);
    expect(volumes.filter(([, volume]) => volume === 0)).toEqual([['BTC-USDT-SWAP', 0]]);
  });

  it('closes a position that was closed while it was away', async () => {
    await using desk = await openAccountDesk();
    const swap = { instId: 'BTC-USDT-SWAP', ordType: 'market', sz: '3' } as const;
    desk.venue.outside.place({ ...swap, side: 'buy' });
    await desk.untilTold(2);
    desk.venue.disconnect();
    await desk.untilState('DISCONNECTED');
    desk.venue.outside.place({ ...swap, side: 'sell' });
    await desk.untilReconciled();
    expect(desk.positions.at(-1)?.position).toMatchObject({ instrumentId: 'BTC-USDT-SWAP', volumeLong: 0 });
  });

  it('takes no orders while they could not be stored, keeps what is pushed, and stores it in the end', async () => {
    let isAway = false;
    await using desk = await openAccountDesk({
      wrapJournal: (journal) => ({
        ...journal,
        record: async (accountCookie, changes) => {
          if (isAway) throw new CodedError('UPSTREAM_UNAVAILABLE', 'the store is away');
          return journal.record(accountCookie, changes);
        },
      }),
    });
    isAway = true;
    desk.venue.outside.place({ ...RESTING, clOrdId: 'a' });
    await desk.untilState('DEGRADED');
    expect(desk.gateway.status().stateReason).toMatch(/the store is away/);
    expect(shown(await desk.session.placeOrder(order('b')))).toBe('GATEWAY_DOWN');
    expect(await desk.story()).toEqual([]);
    isAway = false;
    expect(await desk.untilToldInTime(1)).toEqual(['ACCEPTED a']);
    await desk.untilState('CONNECTED');
    expect(shown(await desk.session.placeOrder(order('b')))).toBe('OPEN');
  });
});
