import { expect, it } from 'vitest';
import { freePort } from '../support/free-port.ts';
import { runProgram } from '../support/process.ts';
import { describeOnRedis } from '../support/redis.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** What doctor says of Redis, and its exit code. */
async function examine(url: string): Promise<{ readonly lines: readonly string[]; readonly exitCode: number | null }> {
  using folder = temporaryFolder();
  const { stdout, stderr, exitCode } = await runProgram(['doctor'], {
    cwd: folder.path,
    environment: { REDIS_URL: url },
  }).finished;
  expect(stdout + stderr).not.toContain('hunter2');
  return { lines: stdout.split('\n').filter((line) => / redis: /.test(line)), exitCode };
}

describeOnRedis('deskgraph doctor, of Redis', (redis) => {
  it('says that it can be reached, and whether it can be written', async () => {
    const { server, admin } = redis();
    const reached = expect.stringMatching(/^ok {5}redis: reached, version \d+\.\d+/);
    expect(await examine(server.url)).toEqual({ lines: [reached], exitCode: 0 });
    await admin.replicaof('127.0.0.1', '1');
    const replica = expect.stringMatching(/^note {3}redis: a replica: nothing that this server loads is shared/);
    expect(await examine(server.url)).toEqual({ lines: [reached, replica], exitCode: 0 });
    await admin.replicaof('NO', 'ONE');
  });

  it('says why it cannot, without the password', async () => {
    const { server, admin } = redis();
    await admin.call('ACL', 'SETUSER', 'guest', 'on', '>right');
    expect(await examine(server.url.replace('//', '//guest:hunter2@'))).toEqual({
      lines: ['fault  redis: cannot be used: WRONGPASS invalid username-password pair or user is disabled.'],
      exitCode: 1,
    });
    await admin.call('ACL', 'DELUSER', 'guest');
    const port = await freePort();
    expect(await examine(`redis://:hunter2@127.0.0.1:${port}`)).toEqual({
      lines: [`fault  redis: cannot be used: connect ECONNREFUSED 127.0.0.1:${port}`],
      exitCode: 1,
    });
  });
});
