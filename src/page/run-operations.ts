export const RUN_COMMAND = `mutation RunCommand($input: RunCommandInput!) {
  started: runCommand(input: $input) {
    __typename
    ... on Run {
      id
    }
    ... on CommandRefused {
      code
      message
    }
  }
}`;

export const RUN_BACKTEST = `mutation RunBacktest($input: RunBacktestInput!) {
  started: runBacktest(input: $input) {
    __typename
    ... on Run {
      id
    }
    ... on CommandRefused {
      code
      message
    }
  }
}`;

export const CANCEL_RUN = `mutation CancelRun($id: ID!) {
  cancelRun(id: $id) {
    __typename
    ... on Run {
      state
    }
    ... on NotFound {
      message
    }
  }
}`;

export const RUN_OUTPUT = `subscription CommandOutput($runId: ID!, $after: Cursor) {
  commandOutput(runId: $runId, after: $after) {
    __typename
    ... on CommandChunk {
      cursor
      stream
      text
    }
    ... on CommandEnd {
      cursor
      state
      exitCode
      signal
    }
    ... on StreamGap {
      reason
    }
  }
}`;

export const RUN_STATUS = `subscription RunStatus($runId: ID!) {
  runStatus(runId: $runId) {
    state
    progress {
      fraction
      message
    }
  }
}`;

export interface StartedData {
  readonly started: { readonly id?: string; readonly message?: string } | null;
}
export interface CancelledData {
  readonly cancelRun: { readonly state?: string; readonly message?: string } | null;
}
export interface OutputData {
  readonly commandOutput: OutputItem;
}
export type OutputItem =
  | { readonly __typename: 'CommandChunk'; readonly cursor: string; readonly stream: string; readonly text: string }
  | {
      readonly __typename: 'CommandEnd';
      readonly cursor: string;
      readonly state: string;
      readonly exitCode: number | null;
      readonly signal: string | null;
    }
  | { readonly __typename: 'StreamGap'; readonly reason: string };
export interface StatusData {
  readonly runStatus: {
    readonly state: string;
    readonly progress: { readonly fraction: number; readonly message: string | null } | null;
  };
}
