import { type ExecutionResult, type GraphQLError, OperationTypeNode } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { createYoga } from 'graphql-yoga';
import { badUserInput } from '../domain/errors.ts';
import type { AcceptedTypes } from './accept.ts';
import { type HttpExchange, send } from './answer.ts';
import type { EventStreams } from './event-streams.ts';
import { HttpError, methodNotAllowed, statusOf } from './http-error.ts';
import type { OperationRequest } from './operation-request.ts';
import {
  isRefused,
  isSubscription,
  type OperationOrigin,
  type Operations,
  type PreparedOperation,
  type RefusedOperation,
} from './operations.ts';

/** An operation over HTTP, read and checked. */
export interface Operation {
  readonly request: OperationRequest;
  readonly origin: OperationOrigin;
  readonly accepted: AcceptedTypes;
}

/** Answers one operation over HTTP. */
export type GraphQLHandler = (exchange: HttpExchange, operation: Operation) => Promise<void>;

/** Yoga keeps a connection open whatever the client said, and names an encoding that does not exist. */
const NOT_YOGAS: readonly string[] = ['connection', 'content-encoding'];

interface CheckedOperation extends Operation {
  readonly prepared: PreparedOperation | RefusedOperation;
}

interface PreparedRequest extends CheckedOperation {
  /** Told whom to tell when the answer has left. */
  readonly onAnswered: (release: () => void) => void;
  /** Takes the JSON of the result, which Yoga would want as one text. */
  readonly onWritten: (pieces: readonly Buffer[]) => void;
}

interface HandlerContext extends Record<string, unknown> {
  readonly operation: PreparedRequest;
}

/** A subscription goes out as a stream of events, as does anything that a client takes in no other form. */
export function createGraphQLHandler(operations: Operations, streams: EventStreams): GraphQLHandler {
  const answerResult = createResultHandler(operations);
  return async (exchange, operation) => {
    const { request, origin, accepted } = operation;
    const prepared = operations.prepare(request, origin.requestId);
    const isStream = accepted.isStream && (!accepted.isResult || (!isRefused(prepared) && isSubscription(prepared)));
    if (isStream) {
      // Yoga refuses it for every other form of answer.
      if (exchange.request.method === 'GET' && isMutation(prepared)) throw methodNotAllowed('GET', ['POST']);
      return streams.answer(exchange, prepared, origin);
    }
    return answerResult(exchange, { ...operation, prepared });
  };
}

function isMutation(prepared: PreparedOperation | RefusedOperation): boolean {
  return !isRefused(prepared) && prepared.operation.operation === OperationTypeNode.MUTATION;
}

/**
 * GraphQL over HTTP through Yoga, which negotiates the media type and the status. Reading and checking the request,
 * parsing, executing and masking are done around it, so Yoga's own ways are off.
 */
function createResultHandler(operations: Operations) {
  const yoga = createYoga<HandlerContext>({
    schema: operations.schema,
    plugins: [useOperations(operations)],
    parserAndValidationCache: false,
    maskedErrors: false,
    logging: false,
    graphiql: false,
    landingPage: false,
    cors: false,
    batching: false,
    multipart: false,
    maxRequestBodySize: false,
    // Yoga answers whatever URL ends with this, query string included; no URL contains a NUL.
    healthCheckEndpoint: '\0',
  });
  return async (exchange: HttpExchange, operation: CheckedOperation): Promise<void> => {
    const { request, response } = exchange;
    let body: readonly Buffer[] | undefined;
    // Who has left while the answer was made does not leave again.
    const onAnswered = (release: () => void): void => {
      if (response.destroyed) release();
      else response.once('close', release);
    };
    const onWritten = (pieces: readonly Buffer[]): void => {
      body = pieces;
    };
    const prepared: PreparedRequest = { ...operation, onAnswered, onWritten };
    const answer = await yoga.handleNodeRequestAndResponse(request, response, { operation: prepared });
    await write(exchange, answer, body);
  };
}

function useOperations(operations: Operations): Plugin<HandlerContext, HandlerContext> {
  return {
    onRequestParse: ({ serverContext, setRequestParser }) => {
      const { query, variables, operationName, extensions } = serverContext.operation.request;
      setRequestParser(() => ({
        query,
        ...(variables !== undefined && { variables }),
        ...(operationName !== undefined && { operationName }),
        ...(extensions !== undefined && { extensions }),
      }));
    },
    onParams: ({ context, setResult }) => {
      const { prepared } = context.operation;
      if (isRefused(prepared)) setResult({ errors: prepared.errors });
    },
    onParse: ({ context, setParseFn }) => setParseFn(() => documentOf(context.operation)),
    onValidate: ({ setValidationFn }) => setValidationFn(() => []),
    onExecute: ({ args, setExecuteFn }) => {
      const { prepared, origin, onAnswered } = (args.contextValue as HandlerContext).operation;
      setExecuteFn(async () => {
        if (isRefused(prepared)) return prepared;
        const { result, release } = await operations.execute(prepared, origin);
        onAnswered(release);
        return result;
      });
    },
    onSubscribe: ({ setSubscribeFn }) => {
      setSubscribeFn(() => {
        throw badUserInput('received a subscription without accept text/event-stream, which is how it is answered');
      });
    },
    onResultProcess: ({ result, setResult, serverContext }) => {
      if (Symbol.asyncIterator in result || Array.isArray(result)) return;
      const { origin, onWritten } = serverContext.operation;
      const stringify = (written: ExecutionResult): string => {
        onWritten(operations.write(written));
        return '';
      };
      if (result.errors === undefined) return setResult({ ...result, stringify });
      const hasData = 'data' in result;
      const errors = result.errors.map((error) => {
        const masked = operations.maskFault(error, origin.requestId);
        if (!hasData) masked.extensions.http = statusExtension(error, masked.extensions.code);
        return masked;
      });
      setResult({ ...result, errors, stringify });
    },
  };
}

function documentOf({ prepared }: PreparedRequest) {
  if (isRefused(prepared)) throw new Error('a refused operation has no document');
  return prepared.document;
}

/**
 * The status of a request that failed before there was data. `spec`: a client that asked for application/json gets 200
 * all the same, as GraphQL over HTTP has it; a fault of ours is one in either type.
 */
function statusExtension(error: GraphQLError, code: unknown): { status: number; spec?: boolean } {
  // Yoga's own refusals, such as a mutation by GET, come with their status.
  const own = error.originalError === undefined ? error.extensions?.http : undefined;
  if (own?.status !== undefined) return { ...own, status: own.status };
  const status = statusOf(code);
  return status < 500 ? { status, spec: true } : { status };
}

async function write(exchange: HttpExchange, answer: Response, body: readonly Buffer[] | undefined): Promise<void> {
  const { response } = exchange;
  if (response.destroyed) return;
  const headers = Object.fromEntries([...answer.headers].filter(([name]) => !NOT_YOGAS.includes(name.toLowerCase())));
  if (body !== undefined) return send(exchange, { status: answer.status, headers, body });
  if (answer.body === null) {
    const message = 'received accept and operation that do not fit together, wanted a type that can carry the answer';
    throw new HttpError('BAD_USER_INPUT', message, { status: answer.status });
  }
  return send(exchange, { status: answer.status, headers, body: await answer.text() });
}
