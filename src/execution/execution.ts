import type { DocumentNode, ExecutionArgs, ExecutionResult, GraphQLSchema } from 'graphql';
import {
  createSourceEventStream,
  execute,
  executeSubscriptionEvent,
  GraphQLError,
  specifiedRules,
  validate,
  validateSubscriptionArgs,
} from 'graphql';
import type { AnswerPiece } from './answer-piece.ts';
import { AnswerWriter } from './answer-writer.ts';
import type { BlockRoom } from './block-room.ts';
import { withDataIssues } from './data-issues.ts';
import { DocumentCache } from './document-cache.ts';
import { DEFAULT_LIMITS, type Limits } from './limits.ts';
import { watchLists } from './list-fields.ts';
import { PacedRows } from './paced-rows.ts';
import { parseOperation } from './parse-operation.ts';
import { ResponseStream } from './response-stream.ts';
import { RowBlocks } from './row-blocks.ts';
import { SeriesSplices } from './series-splices.ts';
import { ValueBudget } from './value-budget.ts';
import { RowWriter } from './write-rows.ts';

export type OperationArguments = Omit<ExecutionArgs, 'schema' | 'hideSuggestions' | 'options'>;

export interface SubscriptionArguments extends OperationArguments {
  /** What resolvers work with for one event: a subscription may live for days, what it has read must not. */
  readonly contextOfEvent: () => object;
  /** Told what the source failed of when it was given back, for which nobody waits. */
  readonly onFault: (error: unknown) => void;
  /** Answers for an event what `respond` would, without calling it where somebody else has; calls it when absent. */
  readonly share?: ((event: unknown, respond: () => Promise<ExecutionResult>) => Promise<ExecutionResult>) | undefined;
  /** Called once, when a stream that was started is over. */
  readonly onEnd?: (() => void) | undefined;
}

export interface ExecutedAnswer {
  readonly result: ExecutionResult;
  /** Whether there are lists in the result that are JSON already: then it is for `write`, and no data to look into. */
  readonly hasWrittenLists: boolean;
}

/** The way from a document to its answer, the same for every transport. */
export interface Execution {
  readonly schema: GraphQLSchema;
  /** Throws CodedError COST_LIMIT for a document over a limit, GraphQLError for a syntax error. */
  parse(text: string): DocumentNode;
  /** The errors of a document that `parse` made; none: it may be executed. */
  validate(document: DocumentNode): readonly GraphQLError[];
  /**
   * Runs a query or a mutation. What fails is in the result's `errors`, unmasked. An answer that becomes too large is
   * refused as a whole, with CodedError COST_LIMIT or OVERLOADED.
   */
  execute(args: OperationArguments): Promise<ExecutionResult>;
  /** As `execute`, and much faster for series, whose rows are written at once. */
  answer(args: OperationArguments): Promise<ExecutedAnswer>;
  /** A result as JSON in UTF-8, in pieces that share their bytes with other answers. */
  write(result: ExecutionResult): readonly AnswerPiece[];
  /** To be called with the context of each `execute` and `answer` when its answer has left or nobody waits for it any more. */
  release(context: object): void;
  /**
   * Starts a subscription: its field is attached when the promise resolves. A result instead of a stream says why it
   * could not start. Each response is bounded as an answer of `execute` is.
   */
  subscribe(args: SubscriptionArguments): Promise<ResponseStream | ExecutionResult>;
}

export interface ExecutionOptions {
  readonly schema: GraphQLSchema;
  readonly limits?: Limits;
  /** Leaves "Did you mean ..." out of messages, so that they do not spell out a schema to strangers. */
  readonly hideSuggestions?: boolean;
  /** Where rows of series are kept as JSON; absent: each answer writes its own. */
  readonly blockRoom?: BlockRoom;
}

export function createExecution(options: ExecutionOptions): Execution {
  const { schema, limits = DEFAULT_LIMITS, hideSuggestions = false } = options;
  const cache = new DocumentCache();
  const budget = new ValueBudget(limits);
  const writer = new AnswerWriter();
  const rows = new RowWriter();
  const splices = new SeriesSplices(writer, new PacedRows(rows, new RowBlocks(rows, options.blockRoom)));
  watchLists(schema, { budget, splices });
  const valid = new WeakSet<DocumentNode>();
  const complete = (args: OperationArguments): ExecutionArgs => ({
    ...args,
    schema,
    hideSuggestions,
    options: { maxCoercionErrors: limits.errors },
  });
  const bounded = async (context: unknown, run: () => ReturnType<typeof execute>): Promise<ExecutionResult> => {
    budget.open(context);
    const result = withDataIssues(await run(), context);
    const refusal = budget.refusalOf(context);
    return refusal === undefined ? result : { errors: [new GraphQLError(refusal.message, { originalError: refusal })] };
  };
  return {
    schema,
    parse: (text) => cache.get(text) ?? parseOperation(text, limits),
    validate: (document) => {
      if (valid.has(document)) return [];
      const errors = validate(schema, document, specifiedRules, { maxErrors: limits.errors, hideSuggestions });
      // One more than asked for says that validation gave up.
      if (errors.length > 0) return errors.slice(0, limits.errors);
      valid.add(document);
      if (document.loc !== undefined) cache.set(document.loc.source.body, document);
      return [];
    },
    execute: (args) => bounded(args.contextValue, () => execute(complete(args))),
    answer: async (args) => {
      const { contextValue } = args;
      splices.open(contextValue);
      const result = await bounded(contextValue, () => execute(complete(args)));
      return { result, hasWrittenLists: splices.close(contextValue, result.data) };
    },
    write: (result) => writer.write(result),
    release: (context) => budget.release(context),
    subscribe: async ({ contextOfEvent, onFault, share, onEnd, ...args }) => {
      const validated = validateSubscriptionArgs(complete(args));
      if (!('schema' in validated)) return { errors: validated };
      const events = await createSourceEventStream(validated);
      if (!(Symbol.asyncIterator in events)) return events;
      const respond = async (event: unknown): Promise<ExecutionResult> => {
        const contextValue = contextOfEvent();
        try {
          return await bounded(contextValue, () =>
            executeSubscriptionEvent({ ...validated, rootValue: event, contextValue }),
          );
        } finally {
          budget.release(contextValue);
        }
      };
      const shared = share && ((event: unknown) => share(event, () => respond(event)));
      return new ResponseStream({ events, respond: shared ?? respond, onFault, onEnd });
    },
  };
}
