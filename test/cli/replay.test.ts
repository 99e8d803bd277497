import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseReplayArguments } from '../../src/cli/replay.ts';
import { parseConfigFile, parseMapping } from '../../src/config-file.ts';
import { connect } from '../simulator/replay/venue-client.ts';
import { runProgram } from '../support/process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const SESSION = fileURLToPath(new URL('../../src/simulator/sessions/okx-2022-05-13.jsonl', import.meta.url));

describe('parseReplayArguments', () => {
  it('takes a file, a venue and a port', () => {
    expect(parseReplayArguments(['a.jsonl', '--venue', 'okx', '--port', '9443'])).toEqual({
      path: 'a.jsonl',
      venue: 'okx',
      port: 9443,
      speed: 1,
      loop: false,
    });
    expect(parseReplayArguments(['--venue=okx', '--port=0', '--speed=0.5', '--loop', 'a.jsonl'])).toEqual({
      path: 'a.jsonl',
      venue: 'okx',
      port: 0,
      speed: 0.5,
      loop: true,
    });
    expect(parseReplayArguments(['a', '--venue=okx', '--port=1', '--speed=1000'])).toMatchObject({ speed: 1000 });
  });

  it.each([
    [[], 'received replay ""'],
    [['a', 'b', '--venue=okx', '--port=1'], 'received replay "a b"'],
    [['a', '--port=1'], 'received --venue ""'],
    [['a', '--venue=OKX', '--port=1'], 'received --venue "OKX"'],
    [['a', '--venue=constructor', '--port=1'], 'received --venue "constructor"'],
    [['a', '--venue=okx'], 'received --port ""'],
    [['a', '--venue=okx', '--port=65536'], 'received --port "65536"'],
    [['a', '--venue=okx', '--port=-1'], 'received --port "-1"'],
    [['a', '--venue=okx', '--port=1', '--speed=0'], 'received --speed "0"'],
    [['a', '--venue=okx', '--port=1', '--speed=-2'], 'received --speed "-2"'],
    [['a', '--venue=okx', '--port=1', '--speed=1001'], 'received --speed "1001"'],
    [['a', '--venue=okx', '--port=1', '--speed=Infinity'], 'received --speed "Infinity"'],
    [['a', '--venue=okx', '--port=1', '--speed=fast'], 'received --speed "fast"'],
    [['a', '--venue=okx', '--port=1', '--once'], '--once'],
    [['a', '--venue=okx', '--port=1', '--speed'], '--speed'],
  ])('says what is wrong with %j', (args, received) => {
    const problem = parseReplayArguments(args);
    expect(problem).toContain(received);
    expect(problem).toContain('wanted replay FILE --venue okx --port PORT [--speed NUMBER up to 1000] [--loop]');
  });
});

describe('deskgraph replay', () => {
  it('serves a session as the venue, prints a gateway for it, and ends with 0 on SIGTERM', async () => {
    using folder = temporaryFolder();
    const program = runProgram(['replay', SESSION, '--venue', 'okx', '--port', '0', '--speed', '1000'], {
      cwd: folder.path,
    });
    const [, written = ''] = await program.waitFor(/(gateways:[\s\S]*urls: .*\n)/);
    const { file, problems } = parseConfigFile(parseMapping(written).mapping, join(folder.path, 'deskgraph.yaml'));
    expect(problems).toEqual([]);
    const [gateway] = file?.gateways ?? [];
    expect(gateway).toEqual({
      name: 'okx',
      venue: 'okx',
      symbols: ['BTC-USD-220527', 'BTC-USDT', 'UNI-USD-SWAP'],
      channels: ['ticks', 'trades'],
      urls: {
        public: expect.stringMatching(/^ws:\/\/127\.0\.0\.1:\d+\/ws\/v5\/public$/),
        business: expect.stringMatching(/^ws:\/\/127\.0\.0\.1:\d+\/ws\/v5\/business$/),
      },
    });

    await using client = await connect(gateway?.urls?.public ?? '');
    const trades = () => client.received.filter((text) => text.includes('"data"'));
    const arrived = new Promise<void>((resolve) => {
      client.socket.on('message', () => trades().length === 74 && resolve());
    });
    await client.subscribe(...(gateway?.symbols ?? []).map((symbol) => `trades ${symbol}`));
    await arrived;
    program.child.kill('SIGTERM');
    const { exitCode, stdout, stderr } = await program.finished;
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toContain('102 frames in 10.5 s');
  });

  it.each([
    ['a folder', '.', /^deskgraph: \. is no file\n$/],
    ['a file that is not there', 'none.jsonl', /^deskgraph: none\.jsonl is no file\n$/],
    ['an empty file', 'empty.jsonl', /^deskgraph: empty\.jsonl: received a session in which nothing came in/],
    ['a broken line', 'broken.jsonl', /^deskgraph: broken\.jsonl: line 2: received "\{\\"t\\":1,"/],
    [
      'a session of another venue',
      'other.jsonl',
      /^deskgraph: other\.jsonl: received a session without a frame of an OKX/,
    ],
  ])('ends with 1 and the reason for %s', async (_, path, message) => {
    using folder = temporaryFolder();
    const write = (name: string, text: string) => writeFileSync(join(folder.path, name), text);
    write('empty.jsonl', '');
    write('broken.jsonl', '{"t":1,"dir":"in","text":"x"}\n{"t":1,\n');
    write('other.jsonl', '{"t":1,"dir":"in","text":"{\\"ping\\":1}"}');
    const { exitCode, stdout, stderr } = await runProgram(['replay', path, '--venue', 'okx', '--port', '0'], {
      cwd: folder.path,
    }).finished;
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('ends with 2 for arguments that it does not know', async () => {
    using folder = temporaryFolder();
    const { exitCode, stderr } = await runProgram(['replay', SESSION], { cwd: folder.path }).finished;
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(/--venue/);
  });
});
