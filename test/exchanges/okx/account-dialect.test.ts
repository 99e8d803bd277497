import { describe, expect, it } from 'vitest';
import { ACCOUNT_CHANNELS } from '../../../src/domain/live-account.ts';
import {
  acknowledgeChannel,
  acknowledgeLogin,
  channelOf,
  parseAccountOperation,
  parseAnswer,
  writeAccountSubscription,
  writeAnswer,
  writeError,
  writeLogin,
  writePush,
} from '../../../src/exchanges/okx/account-dialect.ts';
import { createAccountReader } from '../../../src/exchanges/okx/account-normalize.ts';

const CREDENTIALS = { apiKey: 'key', secret: 'secret', passphrase: 'pass' };

describe('what is asked for on the private socket', () => {
  it('is written as the venue documents it', () => {
    expect(writeAccountSubscription(ACCOUNT_CHANNELS)).toBe(
      '{"op":"subscribe","args":[{"channel":"orders","instType":"ANY"},{"channel":"positions","instType":"ANY"},{"channel":"account"}]}',
    );
  });

  it('is read by the other end', () => {
    const login = parseAccountOperation(writeLogin(CREDENTIALS, 1_763_690_400_000));
    expect(login).toMatchObject({ op: 'login', login: { apiKey: 'key', passphrase: 'pass', timestamp: '1763690400' } });
    const subscription = parseAccountOperation(writeAccountSubscription(ACCOUNT_CHANNELS));
    if (subscription?.op !== 'subscribe') throw new Error('wanted a subscription');
    expect(subscription.args.map(channelOf)).toEqual(ACCOUNT_CHANNELS);
  });

  it.each([
    [''],
    ['ping'],
    ['null'],
    ['[]'],
    ['{"op":"login"}'],
    ['{"op":"login","args":[]}'],
    ['{"op":"login","args":[{"apiKey":"key","passphrase":"pass","timestamp":1763690400,"sign":"x"}]}'],
    ['{"op":"order","args":[{"instId":"BTC-USDT"}]}'],
    ['{"op":"subscribe","args":[]}'],
    ['{"op":"subscribe","args":[null]}'],
    ['{"op":"subscribe","args":[{"channel":7}]}'],
    ['{"op":"subscribe","args":[{"channel":"orders","instType":7}]}'],
    ['{"op":"subscribe","args":{"channel":"orders"}}'],
  ])('is an invalid request: %s', (text) => {
    expect(parseAccountOperation(text)).toBeUndefined();
  });
});

describe('what the private socket answers', () => {
  const read = (text: string) => [...createAccountReader()(text, 0)];

  it('is read by our end', () => {
    expect(read(acknowledgeLogin('a4d3ae55'))).toEqual([{ type: 'LOGGED_IN' }]);
    const arg = { channel: 'account' };
    expect(read(acknowledgeChannel('subscribe', arg, 'a4d3ae55'))).toEqual([
      { type: 'SUBSCRIBED', channel: 'balances' },
    ]);
    expect(read(writeError('60009', 'Login failed.', 'a4d3ae55'))).toEqual([
      { type: 'LOGIN_REFUSED', reason: '60009 Login failed.' },
    ]);
    expect(read(writePush(arg, [], 'snapshot'))).toEqual([]);
  });
});

describe('an answer over REST', () => {
  it('is read as it was written', () => {
    expect(parseAnswer(writeAnswer([{ ts: '1' }]))).toEqual({ code: '0', msg: '', data: [{ ts: '1' }] });
    expect(parseAnswer(writeAnswer([], '50011', 'Too Many Requests'))).toEqual({
      code: '50011',
      msg: 'Too Many Requests',
      data: [],
    });
  });

  it.each(['', '<html>', '[]', 'null', '{}', '{"code":0,"data":[]}'])('is none: %s', (text) => {
    expect(parseAnswer(text)).toBeUndefined();
  });
});
