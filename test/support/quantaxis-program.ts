import { fileURLToPath } from 'node:url';
import type { MongoDatabases } from './mongo.ts';
import { type Program, runProgram } from './process.ts';
import { environmentOf } from './quantaxis-desk.ts';
import { temporaryFolder } from './temporary-folder.ts';

const PROBE = fileURLToPath(new URL('./loop-probe.ts', import.meta.url));

/** What a program did to its event loop and its memory for a while. */
export interface LoopReport {
  /** Milliseconds of CPU time that single turns of the event loop took, the longest first. */
  readonly longest: readonly number[];
  readonly turns: number;
  /** Bytes. */
  readonly rssAtStart: number;
  /** The most that was seen. */
  readonly rss: number;
}

/** Deskgraph in a process of its own, whose event loop is watched. */
export interface WatchedProgram extends AsyncDisposable {
  readonly url: string;
  readonly program: Program;
  /** What happened since it was asked for the last time. */
  report(): Promise<LoopReport>;
}

export async function startWatched(databases: MongoDatabases, mongoUrl: string): Promise<WatchedProgram> {
  const folder = temporaryFolder();
  const program = runProgram([], {
    cwd: folder.path,
    environment: { ...environmentOf(databases, mongoUrl), PORT: '0', NODE_OPTIONS: `--import ${PROBE}` },
  });
  const [, url = ''] = await program.waitFor(/listening on (http:\/\/127\.0\.0\.1:\d+)/);
  let reports = 0;
  return {
    url,
    program,
    report: async () => {
      program.child.kill('SIGUSR2');
      const [, report = ''] = await program.waitFor(new RegExp(`loop-probe ${reports++} (.*)\n`));
      return JSON.parse(report);
    },
    [Symbol.asyncDispose]: async () => {
      program.child.kill('SIGTERM');
      await program.finished;
      folder[Symbol.dispose]();
    },
  };
}
