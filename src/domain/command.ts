export const COMMAND_KINDS = ['COMMAND', 'BACKTEST', 'STRATEGY'] as const;
export type CommandKind = (typeof COMMAND_KINDS)[number];

export const PARAMETER_TYPES = [
  'INT',
  'DECIMAL',
  'TEXT',
  'ENUM',
  'DATE',
  'CODE',
  'ACCOUNT',
  'BOOL',
  'WORKSPACE_PATH',
] as const;
export type ParameterType = (typeof PARAMETER_TYPES)[number];

/** A program that the configuration registers. */
export interface Command {
  readonly name: string;
  readonly description: string | null;
  readonly kind: CommandKind;
  readonly parameters: readonly CommandParameter[];
  /** Null: no limit. */
  readonly timeoutSeconds: number | null;
}

/** What one argument of a command may be. Null: not limited so. */
export interface CommandParameter {
  readonly name: string;
  readonly type: ParameterType;
  readonly required: boolean;
  readonly description: string | null;
  readonly allowed: readonly string[] | null;
  /** Decimal text, itself allowed. */
  readonly min: string | null;
  /** Decimal text, itself allowed. */
  readonly max: string | null;
  /** A regular expression that the whole text has to match. */
  readonly pattern: string | null;
}

/** Arguments of a command by parameter name. */
export type CommandArguments = Readonly<Record<string, unknown>>;
