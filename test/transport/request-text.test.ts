import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { requestText } from '../../src/transport/request-text.ts';
import type { AttemptReport } from '../../src/transport/rest-attempts.ts';
import { RestResponse } from '../../src/transport/rest-exchange.ts';
import { createSecretMask } from '../../src/transport/secret-mask.ts';

const ATTEMPT: AttemptReport = {
  ...{ method: 'POST', path: '/api/v5/order', status: 401, latencyMs: 12, attempt: 1, failure: null },
};
const NO_SECRETS = createSecretMask([]);

function dump(sent: { target?: string; headers?: Record<string, string>; body?: string }, answer = '{}'): string {
  const { target = '/api/v5/order', headers = {}, body = '' } = sent;
  const response = new RestResponse(401, answer);
  return requestText({ attempt: ATTEMPT, sent: { method: 'POST', target, headers, body }, response }, NO_SECRETS);
}

describe('the text of a request', () => {
  it('has all of it but its secrets', () => {
    const text = dump(
      {
        target: '/api/v3/order?symbol=BTCUSDT&recvWindow=5000&signature=c0ffee',
        headers: { 'X-MBX-APIKEY': 'ann', 'content-type': 'application/json', 'OK-ACCESS-TIMESTAMP': '2026-11-20' },
        body: '{"instId":"BTC-USDT","passphrase":"hush","sz":"1"}',
      },
      '{"code":"50113","token":"t0ken","msg":"Invalid Sign"}',
    );
    expect(text.split('\n')).toEqual([
      'request: POST /api/v3/order failed because 401',
      'attempt: 1, 12 ms',
      'headers: {"X-MBX-APIKEY":"(hidden)","content-type":"application/json","OK-ACCESS-TIMESTAMP":"2026-11-20"}',
      'params: symbol=BTCUSDT&recvWindow=5000&signature=(hidden)',
      'body: {"instId":"BTC-USDT","passphrase":"(hidden)","sz":"1"}',
      'response: {"code":"50113","token":"(hidden)","msg":"Invalid Sign"}',
    ]);
  });

  it('says why there is no answer', () => {
    const attempt = { ...ATTEMPT, status: null, failure: 'connect ECONNREFUSED', attempt: 3 };
    const sent = { method: 'POST', target: '/x', headers: {}, body: '' } as const;
    const lines = requestText({ attempt, sent, response: undefined }, NO_SECRETS).split('\n');
    expect(lines.slice(0, 2)).toEqual([
      'request: POST /x error because terminated',
      'attempt: 3, 12 ms, connect ECONNREFUSED',
    ]);
    expect(lines.at(-1)).toBe('response: ');
  });

  it('shows 1,000 characters of body and answer at most', () => {
    const lines = dump({ body: 'b'.repeat(5_000) }, 'r'.repeat(5_000)).split('\n');
    expect(lines.at(-2)).toBe(`body: ${'b'.repeat(1_000)}`);
    expect(lines.at(-1)).toBe(`response: ${'r'.repeat(1_000)}`);
  });

  it.each([
    'OK-ACCESS-KEY',
    'OK-ACCESS-SIGN',
    'OK-ACCESS-PASSPHRASE',
    'X-MBX-APIKEY',
    'X-BAPI-API-KEY',
    'X-BAPI-SIGN',
    'KEY',
    'SIGN',
    'API-Key',
    'API-Sign',
    'KC-API-KEY',
    'KC-API-SIGN',
    'KC-API-PASSPHRASE',
    'authorization',
    'cookie',
  ])('hides the header %s of a venue', (name) => {
    for (const each of [name, name.toLowerCase()]) {
      expect(dump({ headers: { [each]: 'ab' } })).toContain(`{"${each}":"(hidden)"}`);
    }
  });

  it.each(['signature', 'Signature', 'AccessKeyId', 'listenKey', 'api_key', 'apiKey', 'token', 'passphrase', 'secret'])(
    'hides the parameter %s in a query, a form and JSON',
    (name) => {
      const text = dump({ target: `/x?a=1&${name}=leak1&b=2`, body: `${name}=leak2&c=3` }, `{"${name}" : "le\\"ak3"}`);
      expect(text).not.toMatch(/leak|ak3/);
      expect(text).toContain('a=1&');
      expect(text).toContain('&b=2');
      expect(text).toContain('&c=3');
    },
  );

  it('hides a secret that is cut at the end of what is shown', () => {
    const body = `{"pad":"${'x'.repeat(960)}","passphrase":"${'hush'.repeat(2_000)}"}`;
    expect(dump({ body })).not.toContain('hush');
  });

  it('hides the values of the credentials wherever they stand, however they are written', () => {
    const secret = fc.string({ minLength: 6, maxLength: 40, unit: 'grapheme-ascii' });
    const property = fc.property(secret, (value) => {
      fc.pre(value.trim() === value);
      const mask = createSecretMask([value]);
      const sent = {
        method: 'POST',
        target: `/x?memo=${encodeURIComponent(`${value} ${value}`)}`,
        headers: { 'x-note': value },
        body: JSON.stringify({ note: value }),
      } as const;
      const response = new RestResponse(401, `you sent ${value}`);
      const text = requestText({ attempt: ATTEMPT, sent, response }, mask);
      const rest = text.replaceAll('(hidden)', '');
      for (const form of [value, encodeURIComponent(value)]) {
        for (const line of ['params', 'headers', 'body', 'response']) {
          const shown = rest.split('\n').find((each) => each.startsWith(`${line}: `)) ?? '';
          expect(shown.slice(line.length + 2)).not.toContain(form);
        }
      }
    });
    fc.assert(property);
  });
});
