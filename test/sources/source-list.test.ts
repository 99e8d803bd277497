import { describe, expect, it } from 'vitest';
import { CodedError, notFound } from '../../src/domain/errors.ts';
import type { PriceSource } from '../../src/sources/price-source.ts';
import { createSourceList } from '../../src/sources/source-list.ts';
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

  it.each([
    [[() => notFound('x'), outage, invalid], 'UPSTREAM_UNAVAILABLE'],
    [[() => notFound('x'), invalid, outage], 'DATA_INVALID'],
    [[outage, () => notFound('x')], 'UPSTREAM_UNAVAILABLE'],
    [[() => notFound('x'), () => notFound('y')], 'NOT_FOUND'],
  ])('throws the most telling failure when none answers', async (failures, code) => {
    const list = createSourceList(failures.map((failure, index) => stub(`s${index}`, failure)));
    await expect(list.loadBars('AAPL', signal)).rejects.toMatchObject({ code });
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
