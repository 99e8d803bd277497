import { describe, expect, it } from 'vitest';
import { writeLogin } from '../../../src/exchanges/bybit/account-dialect.ts';
import { loginSignature, signatureHeaders } from '../../../src/exchanges/bybit/sign.ts';

const CREDENTIALS = { apiKey: 'XXXXXXXXXX', secret: 'test-secret', passphrase: '' };
const NOW = 1_763_690_400_000;

describe('the signature of a login', () => {
  it('is over the instant until which it is taken', () => {
    // By `printf GET/realtime1763690410000 | openssl dgst -sha256 -hmac test-secret`; so are those below.
    expect(loginSignature(1_763_690_410_000, CREDENTIALS.secret)).toBe(
      '0ff751aa8ec200ac18f624832414beccbd2a11f517503a6801810fc59caa0392',
    );
  });

  it('goes into the first frame with all but the secret', () => {
    expect(JSON.parse(writeLogin(CREDENTIALS, NOW))).toEqual({
      op: 'auth',
      args: ['XXXXXXXXXX', 1_763_690_410_000, '0ff751aa8ec200ac18f624832414beccbd2a11f517503a6801810fc59caa0392'],
    });
  });
});

describe('the signature of a request', () => {
  it('is over the query of a question, in the words of the documentation', () => {
    const target = '/v5/order/realtime?category=option&symbol=BTC-29JUL22-25000-C';
    expect(signatureHeaders({ method: 'GET', target, body: '' }, CREDENTIALS, 1_658_384_314_791)).toEqual({
      'x-bapi-api-key': 'XXXXXXXXXX',
      'x-bapi-timestamp': '1658384314791',
      'x-bapi-recv-window': '5000',
      'x-bapi-sign': '236d8f7132d3e4c8bad803010e296f3d07211356e54c01455b26c8229a682297',
    });
  });

  it('is over the body of what is posted', () => {
    const request = { method: 'POST', target: '/v5/order/create', body: '{"category":"option"}' } as const;
    const headers = signatureHeaders(request, CREDENTIALS, 1_658_385_579_423);
    expect(headers['x-bapi-sign']).toBe('e3676a46a81cbb68938e1360c1721d99c7d824982e24877c5a81229a3086c247');
    expect(JSON.stringify(headers)).not.toContain(CREDENTIALS.secret);
  });

  it.each([
    [5_000, '5000', NOW],
    [1_200, '1200', NOW],
    // Too late: what the venue is told is over before it arrives.
    [0, '1', NOW],
    [-3_000, '1', NOW - 3_000],
  ])('leaves the venue the %i ms until the order expires', (leftMs, window, timestamp) => {
    const request = { method: 'POST', target: '/', body: '{}', expiresAt: NOW + leftMs } as const;
    expect(signatureHeaders(request, CREDENTIALS, NOW)).toMatchObject({
      'x-bapi-timestamp': String(timestamp),
      'x-bapi-recv-window': window,
    });
  });
});
