/** What a run's process is told of its surroundings. */
export interface Surroundings {
  readonly runId: string;
  /** The folder that is the run's own. */
  readonly home: string;
  readonly workspace: string | undefined;
}

/** All that a process gets in its environment. Nothing of the server's own environment is in it. */
export function environmentOf({ runId, home, workspace }: Surroundings): Readonly<Record<string, string>> {
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LANG: 'C.UTF-8',
    TZ: Intl.DateTimeFormat().resolvedOptions().timeZone,
    HOME: home,
    RUN_ID: runId,
    ...(workspace !== undefined && { DESKGRAPH_WORKSPACE: workspace }),
  };
}
