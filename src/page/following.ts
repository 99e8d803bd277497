/// <reference lib="dom" />

import type { Desk, Following } from './panel.ts';

export interface Lasting<Data> extends Omit<Following<Data>, 'onEnd'> {
  /** Why nothing comes at this moment, in words and as an ErrorCode; undefined as soon as something comes again. */
  onProblem(problem: string | undefined, code?: string): void;
}

/** Calls back once after a time; the answered function calls it off. */
type Schedule = (task: () => void, delayMs: number) => () => void;

const AGAIN_MS = 5_000;

/** Follows until the answered function is called: what the server ends is begun again a little later. */
export function keepFollowing<Data>(desk: Desk, lasting: Lasting<Data>, schedule: Schedule = afterDelay): () => void {
  let stop = (): void => {};
  const begin = (): void => {
    stop = desk.follow<Data>({
      query: lasting.query,
      variables: () => lasting.variables(),
      onData: (data) => {
        lasting.onProblem(undefined);
        lasting.onData(data);
      },
      onEnd: (problem, code) => {
        stop = schedule(begin, AGAIN_MS);
        lasting.onProblem(problem ?? 'the server has ended the stream', code);
      },
    });
  };
  begin();
  return () => stop();
}

function afterDelay(task: () => void, delayMs: number): () => void {
  const timer = setTimeout(task, delayMs);
  return () => clearTimeout(timer);
}
