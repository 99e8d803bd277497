import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FIRST_INSERTION } from '../support/document-histories.ts';
import { pythonOrder, pythonPosition, pythonTrade } from '../support/qifi-documents.ts';
import { until } from '../support/scripted-venue.ts';
import { type FollowedDesk, openFollowedDesk } from './followed-desk.ts';

const nanos = (ms: number): object => ({ $numberLong: `${ms}000000` });
const order = (order_id: string, changes: object = {}): object =>
  pythonOrder({ order_id, insert_date_time: nanos(FIRST_INSERTION), ...changes });
const alive = (order_id: string, changes: object = {}): object =>
  order(order_id, { status: 'ALIVE', volume_left: 1, last_msg: '已报', ...changes });
const trade = (trade_id: string, order_id: string): object =>
  pythonTrade({ trade_id, order_id, trade_date_time: nanos(FIRST_INSERTION + 1000) });

let desk: FollowedDesk;
beforeEach(() => {
  desk = openFollowedDesk();
});
afterEach(() => desk.close());

const positions = () =>
  desk.bus.positions.present().map(({ position }) => [position.instrumentId, position.volumeLong]);
const balances = () => desk.bus.balances.present().map(({ currency, total }) => [currency, total]);

describe('an account that is followed', () => {
  it('is told as it stands before the following is answered', async () => {
    await desk.write('a', { orders: [alive('o1'), order('o2')], trades: [trade('t', 'o2')] });
    using following = await desk.follower.follow('a');
    expect(following.isStored).toBe(true);
    expect(await desk.story('a')).toEqual(['ACCEPTED o1', 'ACCEPTED o2', 'FILLED o2 t']);
    expect(positions()).toEqual([['rb2005', 1]]);
    expect(balances()).toEqual([['CNY', '100096.5']]);
  });

  it('is told as it changes, whoever writes it, each change once', async () => {
    await desk.write('a');
    using _ = await desk.follower.follow('a');
    await desk.write('a', { orders: [alive('o')] });
    await desk.pass(2000);
    await desk.write('a', {
      ...{ orders: [order('o')], trades: [trade('t', 'o')] },
      positions: { key: pythonPosition({ volume_long: 2 }) },
      accounts: { currency: 'CNY', balance: 7 },
    });
    await desk.pass(2000);
    await desk.pass(60_000);
    expect(await desk.story('a')).toEqual(['ACCEPTED o', 'FILLED o t']);
    expect(positions()).toEqual([['rb2005', 2]]);
    expect(balances()).toEqual([['CNY', '7']]);
    expect(desk.bus.positions.present()[0]).toMatchObject({ gateway: null, accountCookie: 'a', seq: 2 });
    expect(desk.faults).toEqual([]);
  });

  it('is told at the time that its writer says it was written, or when it was read', async () => {
    const [written, cancelled] = [FIRST_INSERTION + 5000, { status: 'CANCEL' }];
    const updatetime = '2026-11-20 09:00:05.000000';
    await desk.write('a', { orders: [alive('told'), alive('read')], updatetime: '2026-11-20 09:00:04.000000' });
    using _ = await desk.follower.follow('a');
    await desk.write('a', { orders: [order('told', cancelled), alive('read')], updatetime });
    await desk.pass(1000);
    await desk.write('a', { orders: [order('told', cancelled), order('read', cancelled)] });
    await desk.pass(1000);
    const ends = (await desk.events('a')).filter(({ kind }) => kind === 'CANCELLED');
    expect(ends.map(({ order: { orderId }, at }) => [orderId, at])).toEqual([
      ['told', written],
      ['read', desk.clock.now()],
    ]);
  });

  it('is told of a fill of an order that its state does not have any more', async () => {
    await desk.write('a', { orders: [alive('o')] });
    using _ = await desk.follower.follow('a');
    await desk.write('a', { trades: [trade('t', 'o'), trade('other', 'unknown')] });
    await desk.pass(2000);
    expect(await desk.story('a')).toEqual(['ACCEPTED o', 'FILLED o t']);
  });

  it('is told once that a position is closed, and of its currency when that becomes another one', async () => {
    await desk.write('a');
    using _ = await desk.follower.follow('a');
    await desk.write('a', { positions: {}, accounts: { currency: 'USD', balance: 5 } });
    await desk.pass(2000);
    expect(positions()).toEqual([['rb2005', 0]]);
    expect(balances()).toEqual([
      ['CNY', '0'],
      ['USD', '5'],
    ]);
    await desk.write('a', { positions: {}, accounts: { currency: 'USD', balance: 5 }, portfolio: 'x' });
    await desk.write('a', { positions: {}, accounts: { currency: 'USD', balance: 'NaN' } });
    await desk.pass(2000);
    expect(desk.bus.positions.present()[0]?.seq).toBe(2);
    expect(desk.bus.balances.present().map(({ seq }) => seq)).toEqual([2, 1]);
  });

  it('goes on over a restart: nothing is told twice, and what happened meanwhile is told', async () => {
    await desk.write('a', { orders: [alive('o1'), order('o2')], trades: [trade('t', 'o2')] });
    using _ = await desk.follower.follow('a');
    await desk.restart();
    await desk.write('a', { orders: [order('o1'), order('o2')], trades: [trade('t1', 'o1'), trade('t', 'o2')] });
    using __ = await desk.follower.follow('a');
    const story = ['ACCEPTED o1', 'ACCEPTED o2', 'FILLED o2 t', 'FILLED o1 t1'];
    expect(await desk.story('a')).toEqual(story);
    await desk.restart();
    using ___ = await desk.follower.follow('a');
    expect(await desk.story('a')).toEqual(story);
  });

  it('is not told what had ended long before it was first seen, but what happens while it is seen, whatever its date', async () => {
    const old = { insert_date_time: nanos(Date.UTC(2020, 0, 16)) };
    const [working, ended] = [alive('working', old), order('ended', old)];
    await desk.write('a', { orders: [working, ended] });
    using _ = await desk.follower.follow('a');
    await desk.write('a', { orders: [working, ended, order('replayed', old)] });
    await desk.pass(2000);
    expect(await desk.story('a')).toEqual(['ACCEPTED working', 'ACCEPTED replayed', 'FILLED replayed']);
  });

  it('knows more orders than are read at once', async () => {
    const orders = Array.from({ length: 2_200 }, (_, at) => order(`o${at}`));
    await desk.write('a', { orders });
    using _ = await desk.follower.follow('a');
    expect(await desk.events('a')).toHaveLength(4_400);
    await desk.restart();
    await desk.write('a', { orders: [...orders, alive('last')] });
    using __ = await desk.follower.follow('a');
    expect((await desk.story('a')).slice(4_400)).toEqual(['ACCEPTED last']);
  });
});

describe('a settlement', () => {
  it('clears the maps, and is no event', async () => {
    await desk.write('a', { orders: [order('filled'), order('gone', { status: 'CANCEL' })] });
    using _ = await desk.follower.follow('a');
    const before = await desk.story('a');
    await desk.write('a', { trading_day: '2026-11-20' });
    await desk.pass(2000);
    await desk.write('a', { trading_day: '2026-11-23' });
    await desk.pass(2000);
    expect(await desk.story('a')).toEqual(before);
  });

  it('leaves an order that was open as it was, as long as its trading day lasts', async () => {
    await desk.write('a', { orders: [alive('o')] });
    using _ = await desk.follower.follow('a');
    await desk.write('a');
    await desk.pass(2000);
    expect(await desk.story('a')).toEqual(['ACCEPTED o']);
    await desk.write('a', { orders: [order('o')] });
    await desk.pass(2000);
    expect(await desk.story('a')).toEqual(['ACCEPTED o', 'FILLED o']);
  });

  it('ends a day order that was open, once the next trading day has come', async () => {
    await desk.write('a', { orders: [alive('day'), alive('lasting', { time_condition: 'GTC' })] });
    using _ = await desk.follower.follow('a');
    await desk.write('a', { trading_day: '2026-11-23' });
    await desk.pass(2000);
    await desk.write('a', { trading_day: '2026-11-24' });
    await desk.pass(2000);
    expect(await desk.story('a')).toEqual(['ACCEPTED day', 'ACCEPTED lasting', 'EXPIRED day']);
    const [last] = (await desk.events('a')).slice(-1);
    expect(last?.order.statusMessage).toMatch(/not seen/);
  });

  it('does not end an order that stands in the state of the next trading day as well', async () => {
    await desk.write('a', { orders: [alive('o')] });
    using _ = await desk.follower.follow('a');
    await desk.write('a', { trading_day: '2026-11-23', orders: [alive('o')] });
    await desk.pass(2000);
    await desk.write('a', { trading_day: '2026-11-23', orders: [order('o')] });
    await desk.pass(2000);
    expect(await desk.story('a')).toEqual(['ACCEPTED o', 'FILLED o']);
    expect((await desk.events('a'))[1]?.order.tradingDay).toBe(Date.UTC(2026, 10, 20) / 86_400_000);
  });

  it('tells how an order ended that nobody followed, as the stored states of its day have it', async () => {
    await desk.write('a', { orders: [alive('filled'), alive('cancelled'), alive('open')] });
    using _ = await desk.follower.follow('a');
    await desk.follower.close();
    const cancelled = order('cancelled', { status: 'CANCEL', last_msg: '已撤单' });
    await desk.write('a', { orders: [order('filled'), cancelled, alive('open')], trades: [trade('t', 'filled')] });
    await desk.write('a', { trading_day: '2026-11-23' });
    await desk.restart();
    using __ = await desk.follower.follow('a');
    const story = (await desk.story('a')).slice(3);
    expect(story.toSorted()).toEqual(['CANCELLED cancelled', 'EXPIRED open', 'FILLED filled t']);
  });
});

describe('the reads of followed accounts', () => {
  it('are none while nothing is written', async () => {
    await desk.write('a');
    using _ = await desk.follower.follow('a');
    expect(desk.reads).toEqual([['a']]);
    await desk.pass(120_000);
    expect(desk.reads).toHaveLength(1);
  });

  it('are one for all accounts, and one in each second, however often is written', async () => {
    for (const name of ['a', 'b', 'c']) await desk.write(name);
    using _a = await desk.follower.follow('a');
    using _b = await desk.follower.follow('b');
    using _c = await desk.follower.follow('c');
    desk.reads.splice(0);
    for (let second = 0; second < 5; second += 1) {
      await desk.write('a');
      await desk.write('b');
      await desk.pass(1000);
    }
    expect(desk.reads).toHaveLength(5);
    expect(new Set(desk.reads.map((names) => names.join()))).toEqual(new Set(['a,b,c']));
  });

  it('cost no look at the record of orders when those of the account are as they were', async () => {
    await desk.write('a', { orders: [alive('o')] });
    using _ = await desk.follower.follow('a');
    const looks = desk.looks.length;
    await desk.write('b');
    await desk.write('a', { orders: [alive('o')], accounts: { currency: 'CNY', balance: 3 } });
    await desk.pass(2000);
    expect(balances()).toEqual([['CNY', '3']]);
    expect(desk.looks).toHaveLength(looks);
    await desk.write('a', { orders: [alive('o'), alive('o2')] });
    await desk.pass(2000);
    expect(desk.looks.length).toBeGreaterThan(looks);
  });

  it('wait for each other', async () => {
    await desk.write('a');
    using _ = await desk.follower.follow('a');
    const release = desk.holdReads();
    await desk.write('a');
    await desk.pass(1000);
    expect(desk.reads).toHaveLength(2);
    await desk.write('a', { orders: [alive('o')] });
    await desk.pass(10_000);
    expect(desk.reads).toHaveLength(2);
    release();
    await desk.pass(1000);
    expect(await desk.story('a')).toEqual(['ACCEPTED o']);
  });

  it('are of a new account alone when somebody begins to follow it, at once', async () => {
    await desk.write('a');
    await desk.write('b');
    using _a = await desk.follower.follow('a');
    using _b = await desk.follower.follow('b');
    using _again = await desk.follower.follow('b');
    expect(desk.reads).toEqual([['a'], ['b']]);
  });

  it('begin again at growing intervals after they failed, and end nothing', async () => {
    await desk.write('a');
    using _ = await desk.follower.follow('a');
    desk.loseAccounts();
    await desk.write('a');
    await desk.pass(1000);
    expect(desk.faults).toMatchObject([{ code: 'UPSTREAM_UNAVAILABLE' }]);
    const before = desk.reads.length;
    await desk.pass(300_000);
    const attempts = desk.reads.length - before;
    expect(attempts).toBeGreaterThan(8);
    expect(attempts).toBeLessThan(18);
    expect(desk.faults).toHaveLength(1);
    await desk.write('a', { orders: [alive('o')] });
    desk.regainAccounts();
    await desk.pass(31_000);
    expect(await desk.story('a')).toEqual(['ACCEPTED o']);
  });
});

describe('following', () => {
  it('says of an account without a state that there is none, and does not read it again', async () => {
    await desk.write('a');
    using _ = await desk.follower.follow('a');
    const none = await desk.follower.follow('none');
    expect(none.isStored).toBe(false);
    none[Symbol.dispose]();
    await desk.write('a');
    await desk.pass(2000);
    expect(desk.reads).toEqual([['a'], ['none'], ['a']]);
  });

  it('begins with the first state of an account that had none', async () => {
    using none = await desk.follower.follow('a');
    expect(none.isStored).toBe(false);
    await desk.write('a', { orders: [alive('o')] });
    await desk.pass(2000);
    expect(await desk.story('a')).toEqual(['ACCEPTED o']);
  });

  it('says of an account that was dropped while others follow it that there is none, until it is written again', async () => {
    const told = { accounts: { currency: 'CNY', balance: 7 } };
    await desk.write('a', told);
    using _ = await desk.follower.follow('a');
    await desk.drop('a');
    await desk.pass(2000);
    using dropped = await desk.follower.follow('a');
    expect(dropped.isStored).toBe(false);
    await desk.write('a', { ...told, positions: {} });
    await desk.pass(2000);
    using again = await desk.follower.follow('a');
    expect(again.isStored).toBe(true);
    expect(desk.bus.positions.present().map(({ seq, position }) => [seq, position.volumeLong])).toEqual([[2, 0]]);
    expect(desk.bus.balances.present().map(({ seq, total }) => [seq, total])).toEqual([[1, '7']]);
  });

  it('forgets an account that is dropped after the last has left', async () => {
    await desk.write('a');
    (await desk.follower.follow('a'))[Symbol.dispose]();
    await desk.drop('a');
    await desk.pass(2000);
    expect([positions(), balances(), desk.clock.pending]).toEqual([[], [], 0]);
    await desk.write('a');
    using again = await desk.follower.follow('a');
    expect(again.isStored).toBe(true);
    expect(positions()).toEqual([['rb2005', 1]]);
  });

  it('goes on for ten minutes after the last has left, and then forgets what was told', async () => {
    await desk.write('a');
    const [one, other] = [await desk.follower.follow('a'), await desk.follower.follow('a')];
    one[Symbol.dispose]();
    one[Symbol.dispose]();
    await desk.pass(700_000);
    await desk.write('a', { orders: [alive('o1')] });
    await desk.pass(2000);
    other[Symbol.dispose]();
    await desk.pass(590_000);
    await desk.write('a', { orders: [alive('o1'), alive('o2')] });
    await desk.pass(2000);
    expect(await desk.story('a')).toEqual(['ACCEPTED o1', 'ACCEPTED o2']);
    expect(positions()).toHaveLength(1);
    await desk.pass(10_000);
    expect(positions()).toEqual([]);
    expect(balances()).toEqual([]);
    await desk.write('a', { orders: [alive('o3')] });
    await desk.pass(10_000);
    expect(await desk.story('a')).toHaveLength(2);
    expect(desk.clock.pending).toBe(0);
  });

  it('is kept by one who comes again in time', async () => {
    await desk.write('a');
    (await desk.follower.follow('a'))[Symbol.dispose]();
    await desk.pass(500_000);
    using _ = await desk.follower.follow('a');
    await desk.pass(500_000);
    await desk.write('a', { orders: [alive('o')] });
    await desk.pass(2000);
    expect(await desk.story('a')).toEqual(['ACCEPTED o']);
  });

  it('fails with a code when the account cannot be read within five seconds', async () => {
    desk.loseAccounts();
    const refused = expect(desk.follower.follow('a')).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    await desk.pass(5000);
    await refused;
    expect(desk.clock.pending).toBe(0);
  });

  it('fails with a code when the first read does not end', async () => {
    const release = desk.holdReads();
    const refused = expect(desk.follower.follow('a')).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    await desk.pass(5000);
    await refused;
    release();
  });

  it('is not held up by another account of which something is wrong', async () => {
    await desk.write('bad', { orders: [alive('o')] });
    await desk.write('good', { orders: [alive('o')] });
    desk.unrecordable.set('bad', new TypeError('something unexpected'));
    const refused = expect(desk.follower.follow('bad')).rejects.toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
    using _ = await desk.follower.follow('good');
    expect(await desk.story('good')).toEqual(['ACCEPTED o']);
    expect(desk.faults).toHaveLength(1);
    const reads = desk.reads.length;
    await desk.pass(5000);
    await refused;
    expect(desk.reads.length).toBe(reads);
  });

  it('waits with what is to be told until it can be recorded', async () => {
    await desk.write('a');
    using _ = await desk.follower.follow('a');
    const { CodedError } = await import('../../src/domain/errors.ts');
    desk.unrecordable.set('a', new CodedError('UPSTREAM_UNAVAILABLE', 'the disk is full'));
    await desk.write('a', { orders: [alive('o')], accounts: { currency: 'CNY', balance: 7 } });
    await desk.pass(5000);
    expect(balances()).toEqual([['CNY', '7']]);
    expect(await desk.story('a')).toEqual([]);
    desk.unrecordable.clear();
    await desk.pass(31_000);
    expect(await desk.story('a')).toEqual(['ACCEPTED o']);
  });

  it('ends with the follower, and leaves nothing running', async () => {
    await desk.write('a');
    await desk.follower.follow('a');
    const release = desk.holdReads();
    await desk.write('a');
    desk.clock.advance(1000);
    await until(() => desk.reads.length === 2);
    let isClosed = false;
    const closing = desk.follower.close().then(() => {
      isClosed = true;
    });
    await nextTurn();
    expect(isClosed).toBe(false);
    release();
    await closing;
    expect(desk.clock.pending).toBe(0);
    await expect(desk.follower.follow('a')).rejects.toMatchObject({ code: 'SHUTTING_DOWN' });
  });
});
