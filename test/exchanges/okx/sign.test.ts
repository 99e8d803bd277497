import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { writeLogin } from '../../../src/exchanges/okx/account-dialect.ts';
import {
  loginSignature,
  loginTimestamp,
  requestSignature,
  requestTimestamp,
  signatureHeaders,
} from '../../../src/exchanges/okx/sign.ts';

const CREDENTIALS = { apiKey: 'test-api-key', secret: 'test-secret', passphrase: 'test-pass' };
const NOW = 1_763_690_400_789;

const hmac = (text: string): string => createHmac('sha256', CREDENTIALS.secret).update(text).digest('base64');

describe('the signature of a login', () => {
  it('is over the second, the method and the path that stand for it', () => {
    expect(loginTimestamp(NOW)).toBe('1763690400');
    // By `printf 1763690400GET/users/self/verify | openssl dgst -sha256 -hmac test-secret -binary | base64`.
    expect(loginSignature('1763690400', CREDENTIALS.secret)).toBe('/ryAGIdcip0UwAIAfoSYEOnTT7e2dt2dlEbgQ6+RcT8=');
  });

  it('goes into the first frame', () => {
    expect(writeLogin(CREDENTIALS, NOW)).toBe(
      '{"op":"login","args":[{"apiKey":"test-api-key","passphrase":"test-pass","timestamp":"1763690400","sign":"/ryAGIdcip0UwAIAfoSYEOnTT7e2dt2dlEbgQ6+RcT8="}]}',
    );
  });
});

describe('the signature of a request', () => {
  const request = { method: 'POST', target: '/api/v5/trade/order?a=1', body: '{"größe":"1"}' } as const;

  it('is over the millisecond, the method, path and query, and the body in UTF-8', () => {
    expect(requestTimestamp(NOW)).toBe('2025-11-21T02:00:00.789Z');
    expect(requestSignature(request, '2025-11-21T02:00:00.789Z', CREDENTIALS.secret)).toBe(
      hmac('2025-11-21T02:00:00.789ZPOST/api/v5/trade/order?a=1{"größe":"1"}'),
    );
  });

  it('goes into the headers with all but the secret', () => {
    const headers = signatureHeaders({ method: 'GET', target: '/api/v5/account/balance', body: '' }, CREDENTIALS, NOW);
    expect(headers).toEqual({
      'ok-access-key': 'test-api-key',
      'ok-access-sign': hmac('2025-11-21T02:00:00.789ZGET/api/v5/account/balance'),
      'ok-access-timestamp': '2025-11-21T02:00:00.789Z',
      'ok-access-passphrase': 'test-pass',
    });
    expect(JSON.stringify(headers)).not.toContain(CREDENTIALS.secret);
  });
});
