import { endingWith } from '../async/iteration.ts';
import type { ConflatedTopic, Keyed, Reader } from '../bus/bus.ts';
import { isFinal, type Run } from '../domain/run.ts';

/**
 * The states of one run up to its final one, which ends the reader. `find` answers the run as it is stored, or rejects
 * when it is not to be seen; it is asked after the topic is listened to, so that no state falls between both.
 */
export async function followRun(
  runId: string,
  topic: ConflatedTopic<Run>,
  find: () => Promise<Run>,
): Promise<Reader<Run>> {
  const states = topic.subscribe({ keys: [runId] });
  try {
    const run = await find();
    // The topic forgets a run some time after its end.
    if (isFinal(run) && topic.latest(runId) === undefined) {
      await states.return();
      return untilFinal(oneState(run));
    }
    return untilFinal(states);
  } catch (error) {
    await states.return();
    throw error;
  }
}

function untilFinal(states: Pick<Reader<Run | Keyed<Run>>, 'next' | 'return'>): Reader<Run> {
  return endingWith(states, (run) => ({ item: run, isLast: isFinal(run) }));
}

function oneState(run: Run): Pick<Reader<Run>, 'next' | 'return'> {
  return { next: async () => ({ done: false, value: run }), return: async () => ({ done: true, value: undefined }) };
}
