import { describe, expect, it } from 'vitest';
import { writeLogin } from '../../../src/exchanges/binance/account-dialect.ts';
import { signatureOf, signedParameters, withSignature } from '../../../src/exchanges/binance/sign.ts';

/** Keys and signatures of the documentation: https://developers.binance.com/docs/binance-spot-api-docs/rest-api#hmac-keys */
const CREDENTIALS = {
  apiKey: 'vmPUZE6mv9SD5VNHk4HlWFsOr6aKE2zvsw0MuIgwCIPy6utIco14y7Ju91duEh8A',
  secret: 'NhqPtmdSJYdKjVHjA7PZj4Mge3R5YNiP1e3UZjInClVN65XAbvqqM6A7H5fATj0j',
  passphrase: '',
};
const NOW = 1_499_827_319_559;

describe('the signature of a request', () => {
  it('is that of the documentation', () => {
    const payload =
      'symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1&recvWindow=5000&timestamp=1499827319559';
    expect(signatureOf(payload, CREDENTIALS.secret)).toBe(
      'c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71',
    );
  });

  it('is over the form of what is posted, and stands at its end', () => {
    const body = 'symbol=LTCBTC&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1';
    expect(withSignature({ method: 'POST', target: '/api/v3/order', body }, CREDENTIALS, NOW)).toEqual({
      method: 'POST',
      target: '/api/v3/order',
      body: `${body}&recvWindow=5000&timestamp=1499827319559&signature=c8db56825ae71d6d79447849e617115f4a920fa2acdcab2b053c4b2838bd6b71`,
    });
  });

  it('is over what is encoded', () => {
    const body = 'symbol=１２３４５６&side=BUY&type=LIMIT&timeInForce=GTC&quantity=1&price=0.1';
    const signed = withSignature({ method: 'POST', target: '/', body }, CREDENTIALS, NOW);
    expect(signed.body).toContain('symbol=%EF%BC%91');
    expect(signed.body).toMatch(/&signature=e1353ec6b14d888f1164ae9af8228a3dbd508bc82eb867db8ab6046442f33ef3$/);
  });

  it.each(['GET', 'DELETE'] as const)('is in the query of %s', (method) => {
    const signed = withSignature(
      { method, target: '/api/v3/order?symbol=LTCBTC&orderId=1', body: '' },
      CREDENTIALS,
      NOW,
    );
    const payload = 'symbol=LTCBTC&orderId=1&recvWindow=5000&timestamp=1499827319559';
    const signature = signatureOf(payload, CREDENTIALS.secret);
    expect(signed).toEqual({ method, target: `/api/v3/order?${payload}&signature=${signature}`, body: '' });
  });

  it('is there for a request without parameters', () => {
    const { target } = withSignature({ method: 'GET', target: '/api/v3/account', body: '' }, CREDENTIALS, NOW);
    expect(target).toMatch(/^\/api\/v3\/account\?recvWindow=5000&timestamp=1499827319559&signature=[0-9a-f]{64}$/);
  });

  it.each([
    [5_000, '5000', NOW],
    [1_200, '1200', NOW],
    [90_000, '60000', NOW],
    // Too late: what the venue is told is over before it arrives.
    [0, '1', NOW],
    [-3_000, '1', NOW - 3_000],
  ])('leaves the venue the %i ms until the order expires', (leftMs, recvWindow, timestamp) => {
    const request = { method: 'POST', target: '/', body: 'symbol=A', expiresAt: NOW + leftMs } as const;
    const { body } = withSignature(request, CREDENTIALS, NOW);
    expect(body).toContain(`symbol=A&recvWindow=${recvWindow}&timestamp=${timestamp}&signature=`);
  });
});

describe('the signature of a login', () => {
  it('is over the parameters by name, as in the documentation', () => {
    const parameters = {
      ...{ symbol: 'BTCUSDT', side: 'SELL', type: 'LIMIT', timeInForce: 'GTC', quantity: '0.01000000' },
      ...{ price: '52000.00', recvWindow: 100, timestamp: 1_645_423_376_532, apiKey: CREDENTIALS.apiKey },
    };
    expect(signedParameters(parameters, CREDENTIALS.secret).signature).toBe(
      'aa1b5712c094bc4e57c05a1a5c1fd8d88dcd628338ea863fec7b88e59fe2db24',
    );
  });

  it('goes into the first frame with all but the secret, and no listen key is asked for', () => {
    const frame = writeLogin(CREDENTIALS, NOW);
    const payload = `apiKey=${CREDENTIALS.apiKey}&recvWindow=10000&timestamp=${NOW}`;
    expect(JSON.parse(frame)).toEqual({
      id: 'login',
      method: 'userDataStream.subscribe.signature',
      params: {
        apiKey: CREDENTIALS.apiKey,
        recvWindow: 10_000,
        timestamp: NOW,
        signature: signatureOf(payload, CREDENTIALS.secret),
      },
    });
    expect(frame).not.toContain(CREDENTIALS.secret);
  });
});
