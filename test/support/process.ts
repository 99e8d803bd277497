import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export interface Finished {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The real program in a process of its own, in a folder of its own. */
export interface Program {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Resolves with the first match in what was printed; rejects when the program ends without one. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>;
}

export interface ProgramOptions {
  readonly cwd: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs `deskgraph ARGS` with nothing of this process's environment but the way to Node. */
export function runProgram(args: readonly string[], options: ProgramOptions): Program {
  return runNode([MAIN, ...args], options);
}

/** Runs `node ARGS` likewise. */
export function runNode(args: readonly string[], { cwd, environment }: ProgramOptions): Program {
  const child = spawn(process.execPath, args, {
    cwd,
    env: { PATH: process.env.PATH ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  const watchers = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const watch of watchers) watch();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const finished = once(child, 'close').then(([exitCode, signal]) => ({ exitCode, signal, stdout, stderr }));
  const waitFor = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const watch = (): void => {
        const match = pattern.exec(stdout);
        if (match === null) return;
        watchers.delete(watch);
        resolve(match);
      };
      watchers.add(watch);
      watch();
      void finished.then(() => reject(new Error(`ended without printing ${pattern}: ${stdout}${stderr}`)));
    });
  return { child, finished, waitFor };
}
