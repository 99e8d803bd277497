import { MongoBulkWriteError, MongoNetworkError, MongoParseError, MongoServerError } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { CodedError } from '../../src/domain/errors.ts';
import { describeDeploymentFault } from '../../src/store/mongo/deployment-fault.ts';

describe('a fault of a deployment', () => {
  it('is told as the code of a refusal, and not in words that may repeat a document', () => {
    const command = 'not authorized on quantaxis to execute command { update: "history", password: "hunter2" }';
    expect(describeDeploymentFault(new MongoServerError({ message: command, code: 13 }))).toBe(
      'it refused with code 13: the user lacks a role',
    );
    const duplicate = { message: 'E11000 dup key: { password: "hunter2" }', code: 11000 };
    expect(describeDeploymentFault(new MongoServerError(duplicate))).toBe(
      'it refused with code 11000: a unique index forbids it',
    );
    expect(describeDeploymentFault(new MongoServerError({ message: 'hunter2', code: 4711 }))).toBe(
      'it refused with code 4711',
    );
    const several = Object.assign(Object.create(MongoBulkWriteError.prototype), duplicate);
    expect(describeDeploymentFault(several)).toContain('11000');
  });

  it('is told without what a connection string repeats', () => {
    expect(describeDeploymentFault(new MongoParseError('Username contains unescaped characters hunter2'))).toBe(
      'MONGO_URL cannot be used, it is malformed',
    );
    expect(describeDeploymentFault(new MongoParseError('options foo, bar are not supported'))).toBe(
      'MONGO_URL cannot be used, options foo, bar are not supported',
    );
  });

  it('is what was behind the error that clients see, in one short line', () => {
    const cause = new MongoNetworkError(`connection 1 to 127.0.0.1:1 closed\n${'x'.repeat(1000)}`);
    const told = describeDeploymentFault(new CodedError('UPSTREAM_UNAVAILABLE', 'masked', { cause }));
    expect(told).toMatch(/^connection 1 to 127\.0\.0\.1:1 closed x+…$/);
    expect(told.length).toBeLessThan(250);
    expect(describeDeploymentFault(new CodedError('UPSTREAM_UNAVAILABLE', 'it is closed'))).toBe('it is closed');
    expect(describeDeploymentFault('text')).toBe('it failed without saying why');
  });
});
