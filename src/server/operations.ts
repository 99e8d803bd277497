import type { DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { getOperationAST, OperationTypeNode } from 'graphql';
import { badUserInput } from '../domain/errors.ts';
import type { SharedDelivery } from '../domain/stream.ts';
import type { Viewer } from '../domain/viewer.ts';
import type { AnswerPiece } from '../execution/answer-piece.ts';
import type { ExecutedAnswer, Execution } from '../execution/execution.ts';
import type { ResponseStream } from '../execution/response-stream.ts';
import { sharedDeliveryOf, sharedRespondingOf } from '../execution/shared-delivery.ts';
import { SharedResponses } from '../execution/shared-responses.ts';
import { type Leave, type Member, SharedSubscriptions } from '../execution/shared-subscriptions.ts';
import type { ErrorMask } from './error-mask.ts';
import type { OperationRequest } from './operation-request.ts';

/** Who asks, and how to know that nobody waits for the answer any more. */
export interface OperationOrigin {
  readonly viewer: Viewer;
  readonly requestId: string;
  /** Aborts when nobody waits for the answer any more: the client has gone, or given the operation up. */
  readonly signal: AbortSignal;
  /** The cursor that the transport brings along for a lossless stream; it wins over the operation's own `after`. */
  readonly resumeAfter: string | undefined;
}

/** An operation that may be executed. */
export interface PreparedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly variableValues: Readonly<Record<string, unknown>> | undefined;
  readonly operationName: string | undefined;
}

/** Why an operation may not be executed; the errors are masked. */
export interface RefusedOperation {
  readonly errors: readonly GraphQLError[];
}

/** An answer whose errors are masked. */
export interface ExecutedOperation extends ExecutedAnswer {
  /** To be called when the answer has left, or nobody waits for it any more. */
  readonly release: () => void;
}

export interface OperationsOptions {
  readonly execution: Execution;
  readonly maskError: ErrorMask;
  /** What resolvers get, made anew for each operation and for each event of a subscription. */
  readonly contextOf: (origin: OperationOrigin) => object;
}

/** What is done for an operation whichever way it came: prepared, executed, followed, and its errors masked. */
export class Operations {
  readonly #options: OperationsOptions;
  readonly #shared = new SharedSubscriptions();
  readonly #responses = new SharedResponses();
  /** JSON of results that several readers get. */
  readonly #encoded = new WeakMap<ExecutionResult, Buffer>();

  constructor(options: OperationsOptions) {
    this.#options = options;
  }

  get schema(): GraphQLSchema {
    return this.#options.execution.schema;
  }

  prepare(request: OperationRequest, requestId: string): PreparedOperation | RefusedOperation {
    const { execution, maskError } = this.#options;
    const { query, variables: variableValues, operationName } = request;
    const refuse = (errors: readonly unknown[]): RefusedOperation => ({
      errors: errors.map((error) => maskError(error, requestId)),
    });
    try {
      const document = execution.parse(query);
      const errors = execution.validate(document);
      if (errors.length > 0) return refuse(errors);
      const operation = getOperationAST(document, operationName);
      if (operation) return { document, operation, variableValues, operationName };
      return refuse([badUserInput(noOperation(operationName))]);
    } catch (error) {
      return refuse([error]);
    }
  }

  async execute(prepared: PreparedOperation, origin: OperationOrigin): Promise<ExecutedOperation> {
    const { execution, contextOf } = this.#options;
    const contextValue = contextOf(origin);
    const release = (): void => execution.release(contextValue);
    try {
      const answer = await execution.answer({ ...argumentsOf(prepared), contextValue });
      return { ...answer, result: this.mask(answer.result, origin.requestId), release };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** The JSON of a result, in pieces that nobody may change. */
  write(result: ExecutionResult): readonly Buffer[] {
    return this.writePieces(result).map(({ bytes }) => bytes);
  }

  /** As `write`, with what is known of the pieces. */
  writePieces(result: ExecutionResult): readonly AnswerPiece[] {
    return this.#options.execution.write(result);
  }

  /** Follows a subscription; its responses are not masked yet. */
  async subscribe(prepared: PreparedOperation, origin: OperationOrigin): Promise<ResponseStream | ExecutionResult> {
    const { execution, contextOf } = this.#options;
    const { document, operation } = prepared;
    const responding = sharedRespondingOf(execution.schema, document, operation);
    const sharer = responding && this.#responses.follow(sharingKey(prepared, origin.viewer));
    const ofEvent = { ...origin, signal: sharer?.signal ?? origin.signal };
    try {
      const started = await execution.subscribe({
        ...argumentsOf(prepared),
        contextValue: contextOf(origin),
        contextOfEvent: () => contextOf(ofEvent),
        onFault: (error) => void this.maskFault(error, origin.requestId),
        share: (event, respond) => {
          const identity = responding?.identityOf(event);
          return sharer === undefined || identity === undefined ? respond() : sharer.respond(identity, respond);
        },
        onEnd: () => sharer?.leave(),
      });
      if (Symbol.asyncIterator in started) return started;
      sharer?.leave();
      return this.mask(started, origin.requestId);
    } catch (error) {
      sharer?.leave();
      throw error;
    }
  }

  /** The JSON of a response, made once for all readers that got the same; each is told of faults with its own request id. */
  encode(result: ExecutionResult, requestId: string): Buffer {
    if (result.errors !== undefined) return Buffer.from(JSON.stringify(this.mask(result, requestId)));
    const known = this.#encoded.get(result);
    if (known !== undefined) return known;
    const encoded = Buffer.from(JSON.stringify(result));
    this.#encoded.set(result, encoded);
    return encoded;
  }

  /** How this subscription may be shared with others that ask for the same; undefined when it may not. */
  deliveryOf({ document, operation }: PreparedOperation): SharedDelivery<unknown> | undefined {
    return sharedDeliveryOf(this.#options.execution.schema, document, operation);
  }

  /** Follows a subscription together with all others that ask for the same and may see the same. */
  share(
    prepared: PreparedOperation,
    origin: OperationOrigin,
    { member, delivery }: { member: Member; delivery: SharedDelivery<unknown> },
  ): Promise<Leave | ExecutionResult> {
    const subscription = {
      key: sharingKey(prepared, origin.viewer),
      delivery,
      // It may outlive the connection of whoever came first.
      start: (signal: AbortSignal) => this.subscribe(prepared, { ...origin, signal }),
      encode: (result: ExecutionResult) => this.encode(result, origin.requestId),
    };
    return this.#shared.join(subscription, member);
  }

  mask(result: ExecutionResult, requestId: string): ExecutionResult {
    if (result.errors === undefined) return result;
    return { ...result, errors: result.errors.map((error) => this.#options.maskError(error, requestId)) };
  }

  /** What a client is told of a stream that ended with an error. */
  maskFault(error: unknown, requestId: string): GraphQLError {
    return this.#options.maskError(error, requestId);
  }
}

export function isRefused(prepared: PreparedOperation | RefusedOperation): prepared is RefusedOperation {
  return 'errors' in prepared;
}

export function isSubscription({ operation }: PreparedOperation): boolean {
  return operation.operation === OperationTypeNode.SUBSCRIPTION;
}

function argumentsOf({ document, variableValues, operationName }: PreparedOperation) {
  return {
    document,
    ...(variableValues !== undefined && { variableValues }),
    ...(operationName !== undefined && { operationName }),
  };
}

/** Document, variables and what the viewer may see. Two spellings of one operation are two. */
function sharingKey({ document, operationName, variableValues }: PreparedOperation, viewer: Viewer): string {
  return JSON.stringify([
    document.loc?.source.body,
    operationName,
    variableValues,
    viewer.roles.toSorted(),
    viewer.accountPatterns.toSorted(),
  ]);
}

function noOperation(operationName: string | undefined): string {
  if (operationName === undefined) return 'received several operations without operationName, wanted the name of one';
  return 'received an operationName that the document does not have';
}
