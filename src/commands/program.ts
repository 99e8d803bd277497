import type { Command, CommandKind, ParameterType } from '../domain/command.ts';
import type { Role } from '../domain/viewer.ts';

/** A program as the configuration registers it. */
export interface ProgramConfig {
  readonly name: string;
  readonly description?: string | undefined;
  readonly kind: CommandKind;
  /** An absolute path, or `node` for the Node that runs the server. */
  readonly executable: string;
  /**
   * What stands before all else. `{workspace}` anywhere in an element becomes the path of the workspace; an element
   * `{script}` of a BACKTEST program becomes the path of the script.
   */
  readonly fixedArguments: readonly string[];
  readonly parameters: readonly ParameterConfig[];
  /** No limit when absent. */
  readonly timeoutSeconds?: number | undefined;
  /** Whoever has one of them may run it. */
  readonly roles: readonly Role[];
}

/** What one argument may be. What is absent does not limit. */
export interface ParameterConfig {
  readonly name: string;
  readonly description?: string | undefined;
  readonly type: ParameterType;
  readonly required: boolean;
  /** Stands for an argument that is not given. */
  readonly default?: string | number | boolean | undefined;
  /** Of INT and DECIMAL; itself allowed. */
  readonly min?: number | string | undefined;
  /** Of INT and DECIMAL; itself allowed. */
  readonly max?: number | string | undefined;
  /** Of ENUM: every text that is allowed. */
  readonly values?: readonly string[] | undefined;
  /** Of TEXT: a regular expression that the whole text has to match. */
  readonly pattern?: string | undefined;
  /** Of WORKSPACE_PATH: `.py` or `py`. */
  readonly extensions?: readonly string[] | undefined;
  /** `--days`, rendered as `--days=30`; without one the argument is positional. */
  readonly flag?: string | undefined;
}

/** A registered command and how it is started. */
export interface Program {
  readonly command: Command;
  readonly roles: readonly Role[];
  /** Absolute. */
  readonly executable: string;
  /** As configured, the workspace's path filled in. */
  readonly fixedArguments: readonly string[];
  readonly parameters: readonly ParameterConfig[];
}

/** The name of the parameter that a BACKTEST program takes its script by. */
export const SCRIPT = 'script';
