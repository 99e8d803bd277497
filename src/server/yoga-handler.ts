import type { ExecutionResult, GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { createYoga } from 'graphql-yoga';
import { badUserInput } from '../domain/errors.ts';
import { type HttpExchange, send } from './answer.ts';
import { HttpError, statusOf } from './http-error.ts';
import type { OperationRequest } from './operation-request.ts';
import {
  type ExecutedOperation,
  isRefused,
  type OperationOrigin,
  type Operations,
  type PreparedOperation,
  type RefusedOperation,
} from './operations.ts';
import { type ResultWriter, releaseWhenAnswered } from './result-writer.ts';

/** Yoga keeps a connection open whatever the client said, and names an encoding that does not exist. */
const NOT_YOGAS: readonly string[] = ['connection', 'content-encoding'];

/** What is left to be negotiated. */
export interface CheckedOperation {
  readonly request: OperationRequest;
  readonly origin: OperationOrigin;
  readonly prepared: PreparedOperation | RefusedOperation;
  /** What was executed already, to be given back by others; absent: still to be done, if it may be. */
  readonly executed?: Promise<ExecutedOperation>;
}

interface PreparedRequest extends CheckedOperation {
  /** Told what was executed for it. */
  readonly onExecuted: (executed: ExecutedOperation) => void;
  /** Takes the result to be written, which Yoga would want as one text. */
  readonly onResult: (result: ExecutionResult) => void;
}

interface HandlerContext extends Record<string, unknown> {
  readonly operation: PreparedRequest;
}

/**
 * GraphQL over HTTP through Yoga, which negotiates the media type and the status. Reading and checking the request,
 * parsing, executing and masking are done around it, so Yoga's own ways are off.
 */
export function createYogaHandler(operations: Operations, writer: ResultWriter) {
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
    let result: ExecutionResult | undefined;
    const prepared: PreparedRequest = {
      ...operation,
      onExecuted: (executed) => releaseWhenAnswered(exchange, executed),
      onResult: (processed) => {
        result = processed;
      },
    };
    const { request, response } = exchange;
    const answer = await yoga.handleNodeRequestAndResponse(request, response, { operation: prepared });
    await write(exchange, answer, result && { result, writer });
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
      const { prepared, origin, onExecuted, executed } = (args.contextValue as HandlerContext).operation;
      setExecuteFn(async () => {
        if (isRefused(prepared)) return prepared;
        if (executed !== undefined) return (await executed).result;
        const answer = await operations.execute(prepared, origin);
        onExecuted(answer);
        return answer.result;
      });
    },
    onSubscribe: ({ setSubscribeFn }) => {
      setSubscribeFn(() => {
        throw badUserInput('received a subscription without accept text/event-stream, which is how it is answered');
      });
    },
    onResultProcess: ({ result, setResult, serverContext }) => {
      if (Symbol.asyncIterator in result || Array.isArray(result)) return;
      const { origin, onResult } = serverContext.operation;
      const stringify = (written: ExecutionResult): string => {
        onResult(written);
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

interface ResultToWrite {
  readonly result: ExecutionResult;
  readonly writer: ResultWriter;
}

async function write(exchange: HttpExchange, answer: Response, written: ResultToWrite | undefined): Promise<void> {
  const { response } = exchange;
  if (response.destroyed) return;
  const { status } = answer;
  const all = [...answer.headers].map(([name, value]) => [name.toLowerCase(), value] as const);
  const headers = Object.fromEntries(all.filter(([name]) => !NOT_YOGAS.includes(name)));
  if (written !== undefined) return written.writer.send(exchange, written.result, { status, headers });
  if (answer.body === null) {
    const message = 'received accept and operation that do not fit together, wanted a type that can carry the answer';
    throw new HttpError('BAD_USER_INPUT', message, { status });
  }
  return send(exchange, { status, headers, body: await answer.text() });
}
