import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../src/logger.ts';

function recorded({ isTTY = false } = {}) {
  const lines: string[] = [];
  const logger = createLogger({ level: 'debug', destination: { isTTY, write: (text) => lines.push(text) } });
  const only = () => {
    expect(lines).toHaveLength(1);
    return lines[0] ?? '';
  };
  return { logger, lines, only };
}

describe('JSON lines', () => {
  it('writes one object a line with time, level, fields and message', () => {
    const { logger, only } = recorded();
    logger.child({ requestId: 'r1' }).warn({ accountCookie: 'a' }, 'slow');
    expect(only().endsWith('\n')).toBe(true);
    expect(JSON.parse(only())).toEqual({
      level: 'warn',
      time: expect.stringMatching(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/),
      requestId: 'r1',
      accountCookie: 'a',
      message: 'slow',
    });
  });

  it('passes over what is below the level', () => {
    const lines: string[] = [];
    const logger = createLogger({ level: 'warn', destination: { write: (text) => lines.push(text) } });
    logger.info({}, 'quiet');
    logger.debug({}, 'quiet');
    logger.error({}, 'loud');
    expect(lines.map((line) => JSON.parse(line).message)).toEqual(['loud']);
  });

  it.each([
    'authorization',
    'Authorization',
    'cookie',
    'set-cookie',
    'password',
    'secret',
    'token',
    'passphrase',
    'apiKey',
  ])('hides %s at every of the first levels', (name) => {
    const { logger, only } = recorded();
    logger.info({ [name]: 'k1', a: { [name]: 'k2', b: { [name]: 'k3', c: { [name]: 'k4' } } } }, 'request');
    expect(only()).not.toMatch(/k[1-4]/);
    expect(only().split('(hidden)')).toHaveLength(5);
  });

  it('hides secrets that a child was made with', () => {
    const { logger, only } = recorded();
    logger.child({ token: 'k1' }).info({}, 'request');
    expect(only()).not.toContain('k1');
  });

  it('keeps the stack and the cause of an error', () => {
    const { logger, only } = recorded();
    logger.error({ error: new TypeError('outer', { cause: new Error('inner') }) }, 'failed');
    const { error } = JSON.parse(only());
    expect(error.type).toBe('TypeError');
    expect(error.stack).toContain('logger.test.ts');
    expect(error.stack).toContain('inner');
  });

  it('never throws because of what was thrown', () => {
    const hostile = new Error('hostile');
    Object.defineProperty(hostile, 'detail', {
      enumerable: true,
      get: () => {
        throw new Error('getter');
      },
    });
    const cyclic: Record<string, unknown> = {};
    cyclic.self = cyclic;
    const sealed = new Proxy(
      {},
      {
        get: () => {
          throw new Error('trap');
        },
      },
    );
    const thrown = [hostile, cyclic, sealed, null, undefined, 1n, Symbol('s'), () => 1];
    const { logger, lines } = recorded();
    for (const error of thrown) logger.error({ error }, 'failed');
    expect(lines.map((line) => JSON.parse(line).message)).toEqual(thrown.map(() => 'failed'));
    expect(lines[0]).toContain('hostile');
  });
});

describe('lines for a terminal', () => {
  it('shows time, level, message and fields', () => {
    const { logger, only } = recorded({ isTTY: true });
    logger.info({ port: 8010, path: '/graphql', note: 'two words' }, 'listening');
    expect(only()).toMatch(/^\d\d:\d\d:\d\d\.\d{3} info {2}listening port=8010 path=\/graphql note="two words"\n$/);
  });

  it('shows the stack of an error below the line', () => {
    const { logger, only } = recorded({ isTTY: true });
    logger.error({ error: new Error('boom') }, 'failed');
    expect(only().split('\n').slice(0, 2)).toEqual([expect.stringMatching(/ error failed$/), '  Error: boom']);
  });

  it('lets no control character through, whatever the fields and the message hold', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (message, field) => {
        const { logger, only } = recorded({ isTTY: true });
        logger.info({ field, error: new Error(field) }, message);
        expect(only().replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
      }),
    );
  });

  it('hides secrets as the JSON lines do', () => {
    const { logger, only } = recorded({ isTTY: true });
    logger.info({ headers: { authorization: 'k1' } }, 'request');
    expect(only()).toContain('headers={"authorization":"(hidden)"}');
  });
});
