import { COMMAND_KINDS, type CommandArguments } from '../../domain/command.ts';
import { RUN_STATES, type Run, type RunProgress } from '../../domain/run.ts';
import { memberOf, type Row, toNumber, toText } from './column-values.ts';

/** The columns of a run that never change, as parameters of a statement. */
export function requestColumns(run: Run) {
  return {
    id: run.id,
    command: run.command,
    kind: run.kind,
    arguments: toJson(run.arguments),
    schedule_id: run.scheduleId,
    requested_by: run.requestedBy,
    queued_at: run.queuedAt,
  };
}

/** The columns that say how a run stands, as parameters of a statement. */
export function stateColumns(run: Run) {
  return {
    state: run.state,
    started_at: run.startedAt,
    ended_at: run.endedAt,
    exit_code: run.exitCode,
    signal: run.signal,
    output_bytes: run.outputBytes,
    is_truncated: run.isTruncated ? 1 : 0,
    progress: toJson(run.progress),
  };
}

export function toRun(row: Row): Run {
  return {
    id: String(row.id),
    command: String(row.command),
    kind: memberOf(COMMAND_KINDS, row.kind),
    arguments: parseJson(row.arguments) as CommandArguments | null, // what requestColumns made
    scheduleId: toText(row.schedule_id),
    state: memberOf(RUN_STATES, row.state),
    requestedBy: toText(row.requested_by),
    queuedAt: Number(row.queued_at),
    startedAt: toNumber(row.started_at),
    endedAt: toNumber(row.ended_at),
    exitCode: toNumber(row.exit_code),
    signal: toText(row.signal),
    outputBytes: Number(row.output_bytes),
    isTruncated: row.is_truncated === 1,
    progress: parseJson(row.progress) as RunProgress | null, // what stateColumns made
  };
}

function toJson(value: object | null): string | null {
  return value === null ? null : JSON.stringify(value);
}

function parseJson(value: Row[string] | undefined): unknown {
  return typeof value === 'string' ? JSON.parse(value) : null;
}
