import { describe, expect, it } from 'vitest';
import { outputHistory } from '../../src/commands/output-events.ts';
import type { Run } from '../../src/domain/run.ts';
import { openCommandDesk } from './command-desk.ts';

describe('the history of an output', () => {
  it('tells what was stored while it looked whether the run has ended, before the end', async () => {
    await using desk = await openCommandDesk({ scripts: { silent: '' } });
    const { end } = await desk.finish('silent');
    const { runs, transcripts } = desk;
    const late = {
      run: async (id: string): Promise<Run | undefined> => {
        await transcripts.append(id, [{ stream: 'STDOUT', bytes: Buffer.from('late'), at: 1 }]);
        return runs.run(id);
      },
    };
    const { id } = end.run;
    const history = outputHistory(late, transcripts);
    expect((await history.read(id, 0, 10)).events).toMatchObject([{ position: 4, chunk: { offset: 0 } }]);
    expect((await outputHistory(runs, transcripts).read(id, 4, 10)).events).toEqual([{ position: 5, run: end.run }]);
    expect((await outputHistory(runs, transcripts).read(id, 5, 10)).events).toEqual([]);
  });
});
