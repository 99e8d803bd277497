import { describe, expect, it } from 'vitest';
import { CodedError } from '../../src/domain/errors.ts';

describe('CodedError', () => {
  it('carries where the stream that it ended goes on, beside its cause', () => {
    const cause = new Error('disk gone');
    const error = new CodedError('SLOW_CONSUMER', 'nothing was read', { cursor: 'abc', cause });
    expect([error.code, error.message, error.cursor, error.cause]).toEqual([
      'SLOW_CONSUMER',
      'nothing was read',
      'abc',
      cause,
    ]);
  });

  it('has no cursor and no cause when none was given', () => {
    const error = new CodedError('NOT_FOUND', 'no such run');
    expect(error.cursor).toBeUndefined();
    expect('cause' in error).toBe(false);
  });
});
