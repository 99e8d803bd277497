import { describe, expect, it } from 'vitest';
import { CodedError, notFound } from '../../src/domain/errors.ts';
import { NO_BARS } from '../../src/sources/bar-rows.ts';
import { NO_HISTORY, type PriceSource } from '../../src/sources/price-source.ts';
import { createSourceList } from '../../src/sources/source-list.ts';
import { day } from '../support/bars.ts';
import { barsHistory, navHistory, outage } from '../support/series-feed.ts';

const { signal } = new AbortController();
const invalid = () => new CodedError('DATA_INVALID', 'nonsense');

interface Stub extends PriceSource {
  asked: number;
}

/** A source that answers, or fails as told; `revision` is what it tells at a look. */
function stub(name: string, failure?: () => Error, revision: string | undefined = `${name}-1`): Stub {
  const load = async <History>(history: History): Promise<History> => {
    source.asked += 1;
    if (failure !== undefined) throw failure();
    return history;
  };
  const look = async (): Promise<string | undefined> => revision;
  const source: Stub = {
    name,
    asked: 0,
    loadBars: (code) => load({ ...barsHistory(code, 'own'), source: name }),
    loadNavs: (code) => load({ ...navHistory(code, 'own'), source: name }),
    barsRevision: look,
    navsRevision: look,
  };
  return source;
}

describe('createSourceList', () => {
  it('answers what the first source has, and asks no further one', async () => {
    const [first, second] = [stub('first'), stub('second')];
    const list = createSourceList([first, second]);
    expect(await list.loadBars('AAPL', signal)).toMatchObject({ source: 'first' });
    expect(await list.loadNavs('AAPL', signal)).toMatchObject({ source: 'first' });
    expect(second.asked).toBe(0);
  });

  it.each([
    ['has none', () => notFound('x')],
    ['is down', outage],
    ['answers nonsense', invalid],
  ])('asks the next source when one %s', async (_, failure) => {
    const list = createSourceList([stub('first', failure), stub('second')]);
    expect(await list.loadBars('AAPL', signal)).toMatchObject({ source: 'second' });
  });

  it('asks the next source when one has nothing from a day on from which there was something', async () => {
    const first: PriceSource = {
      ...stub('first'),
      loadBars: async (code) => ({ ...barsHistory(code, 'own'), columns: NO_BARS }),
      loadNavs: async (code) => ({
        ...navHistory(code, 'own'),
        day: NO_BARS.day,
        nav: NO_BARS.open,
        accumulated: NO_BARS.open,
      }),
    };
    const list = createSourceList([first, stub('second')]);
    const from = day('2024-03-01');
    expect(await list.loadBars('AAPL', signal, from)).toMatchObject({ source: 'second' });
    expect(await list.loadNavs('AAPL', signal, from)).toMatchObject({ source: 'second' });
    await expect(
      createSourceList([first, stub('second', outage)]).loadBars('AAPL', signal, from),
    ).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      message:
        'first: received nothing from 2024-03-01 on, of which there was history before; second: the source is down',
    });
  });

  it.each([
    [[() => notFound('x'), outage, invalid], 'UPSTREAM_UNAVAILABLE'],
    [[() => notFound('x'), invalid, outage], 'DATA_INVALID'],
    [[outage, () => notFound('x')], 'UPSTREAM_UNAVAILABLE'],
    [[() => notFound('x'), () => notFound('y')], 'NOT_FOUND'],
  ])('throws the most telling failure when none answers', async (failures, code) => {
    const list = createSourceList(failures.map((failure, index) => stub(`s${index}`, failure)));
    await expect(list.loadBars('AAPL', signal)).rejects.toMatchObject({ code });
  });

  it('says what each source said when none answers', async () => {
    const failures = [outage, () => notFound('no history for "AAPL" in s1'), invalid];
    const list = createSourceList(failures.map((failure, index) => stub(`s${index}`, failure)));
    await expect(list.loadBars('AAPL', signal)).rejects.toMatchObject({
      code: 'UPSTREAM_UNAVAILABLE',
      message: 's0: the source is down; s1: has none; s2: nonsense',
    });
    await expect(list.loadNavs('AAPL', signal)).rejects.toMatchObject({
      message: 's0: the source is down; s1: has none; s2: nonsense',
    });
  });

  it('names each source once, those that have none too', async () => {
    const down = () => new CodedError('UPSTREAM_UNAVAILABLE', 's0: it is left alone');
    const list = createSourceList([stub('s0', down), stub('s1', down)]);
    await expect(list.loadBars('AAPL', signal)).rejects.toThrow(/^s0: it is left alone; s1: s0: it is left alone$/);
    const empty = createSourceList([stub('s0', () => notFound('x')), stub('s1', () => notFound('y'))]);
    await expect(empty.loadBars('AAPL', signal)).rejects.toThrow(/^no history for "AAPL" in s0, s1$/);
  });

  it('keeps the failure short, however many sources there are and whatever they say', async () => {
    const long = () => new CodedError('DATA_INVALID', 'x'.repeat(10_000));
    const list = createSourceList(Array.from({ length: 50 }, (_, index) => stub(`s${index}`, long)));
    const error = await list.loadBars('AAPL', signal).catch((reason: Error) => reason);
    expect((error as Error).message.length).toBeLessThan(700);
    expect((error as Error).message).toMatch(/; s1: x/);
  });

  it('asks only sources that can have such an instrument, and those that do not say', async () => {
    const crypto = { ...stub('crypto'), assetTypes: ['CRYPTO'] as const };
    const shares = { ...stub('shares'), assetTypes: ['US_STOCK', 'CHINA_ETF'] as const };
    const list = createSourceList([crypto, shares]);
    expect(await list.loadBars('AAPL', signal)).toMatchObject({ source: 'shares' });
    expect(await list.loadNavs('510300.SH', signal)).toMatchObject({ source: 'shares' });
    expect(await list.loadBars('BTC-USDT', signal)).toMatchObject({ source: 'crypto' });
    expect(await list.barsRevision('AAPL')).toBe('shares-1');
    await expect(list.loadBars('600519.SH', signal)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'no history for "600519.SH": no source has such instruments',
    });
    const withFolder = createSourceList([crypto, stub('folder')]);
    expect(await withFolder.loadBars('600519.SH', signal)).toMatchObject({ source: 'folder' });
  });

  it('ends with a fault that is none of the source', async () => {
    const second = stub('second');
    const list = createSourceList([stub('first', () => new TypeError('a bug')), second]);
    await expect(list.loadBars('AAPL', signal)).rejects.toThrow('a bug');
    expect(second.asked).toBe(0);
  });

  it('asks nobody once its signal has aborted', async () => {
    const [first, second] = [stub('first'), stub('second')];
    const list = createSourceList([first, second]);
    await expect(list.loadBars('AAPL', AbortSignal.abort(new Error('closing')))).rejects.toThrow('closing');
    expect([first.asked, second.asked]).toEqual([0, 0]);
  });

  it('carries the revision that it tells at a look, made of all of theirs', async () => {
    const list = createSourceList([stub('first', () => notFound('x')), stub('second')]);
    const told = await list.barsRevision('AAPL');
    expect((await list.loadBars('AAPL', signal)).revision).toBe(told);
    const changed = createSourceList([stub('first', undefined, 'first-2'), stub('second')]);
    expect(await changed.barsRevision('AAPL')).not.toBe(told);
  });

  it('tells no revision when the answer may be that of a source that cannot', async () => {
    const untold = { ...stub('vendor'), barsRevision: async () => undefined };
    const empty = stub('empty', () => notFound('x'), NO_HISTORY);
    const tell = (...sources: PriceSource[]) => createSourceList(sources).barsRevision('AAPL');
    expect(await tell(empty, untold)).toBeUndefined();
    expect(await tell(untold, stub('folder'))).toBeUndefined();
    const told = await tell(empty, stub('folder'), untold);
    expect(told).toMatch(/folder-1/);
    expect(await tell(stub('empty', undefined, 'empty-1'), stub('folder'), untold)).not.toBe(told);
    expect(
      await tell(
        empty,
        stub('none', () => notFound('x'), NO_HISTORY),
      ),
    ).toBeDefined();
  });

  it('tells no revision when no source can', async () => {
    const untold = { barsRevision: async () => undefined };
    const list = createSourceList([
      { ...stub('first'), ...untold },
      { ...stub('second'), ...untold },
    ]);
    expect(await list.barsRevision('AAPL')).toBeUndefined();
    expect((await list.loadBars('AAPL', signal)).revision).toBe('own');
  });

  it('tells another revision while a source cannot be looked at', async () => {
    const down = { ...stub('first'), barsRevision: () => Promise.reject(outage()) };
    const up = createSourceList([stub('first'), stub('second')]);
    expect(await createSourceList([down, stub('second')]).barsRevision('AAPL')).not.toBe(await up.barsRevision('AAPL'));
  });

  it('is the source itself when there is one', () => {
    const only = stub('only');
    expect(createSourceList([only])).toBe(only);
  });

  it('has nothing when there is none', async () => {
    await expect(createSourceList([]).loadBars('AAPL', signal)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
