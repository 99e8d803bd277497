import { pipeline } from 'node:stream/promises';
import type { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { createYoga, isAsyncIterable, mapAsyncIterator } from 'graphql-yoga';
import { badUserInput } from '../domain/errors.ts';
import type { Execution } from '../execution/execution.ts';
import { type HttpExchange, send } from './answer.ts';
import { ClientGone } from './body.ts';
import type { ErrorMask } from './error-mask.ts';
import { HttpError, statusOf } from './http-error.ts';
import type { OperationRequest } from './operation-request.ts';

/** What a transport knows about an operation when it hands it over. */
export interface Operation {
  readonly request: OperationRequest;
  /** What resolvers get, as it is. */
  readonly context: object;
  readonly requestId: string;
  readonly acceptsStream: boolean;
}

/** Answers one operation over HTTP. */
export type GraphQLHandler = (exchange: HttpExchange, operation: Operation) => Promise<void>;

/** Yoga keeps a stream's connection open whatever the client said, and names an encoding that does not exist. */
const NOT_YOGAS: readonly string[] = ['connection', 'content-encoding'];

interface HandlerContext extends Record<string, unknown> {
  readonly operation: Operation;
}

/**
 * GraphQL over HTTP through Yoga, which negotiates the media type and the status; documents go through the one
 * execution, errors through the mask. Reading and checking the request is done before, so Yoga's own ways are off.
 */
export function createGraphQLHandler(execution: Execution, maskError: ErrorMask): GraphQLHandler {
  const yoga = createYoga<HandlerContext>({
    schema: execution.schema,
    plugins: [useExecution(execution, maskError)],
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
  return async (exchange, operation) => {
    const { request, response } = exchange;
    response.once('close', () => execution.release(operation.context));
    const answer = await yoga.handleNodeRequestAndResponse(request, response, { operation });
    await write(exchange, answer);
  };
}

function useExecution(execution: Execution, maskError: ErrorMask): Plugin<HandlerContext, HandlerContext> {
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
    onParse: ({ setParseFn }) => setParseFn((text) => execution.parse(String(text))),
    onValidate: ({ setValidationFn }) => setValidationFn((_schema, document) => execution.validate(document)),
    onExecute: ({ args, setExecuteFn }) => {
      const { document, variableValues, operationName, contextValue } = args;
      const { context } = contextValue.operation;
      setExecuteFn(() => execution.execute({ document, variableValues, operationName, contextValue: context }));
    },
    onSubscribe: ({ args, setSubscribeFn }) => {
      const { document, variableValues, operationName, contextValue } = args;
      const { context, acceptsStream, requestId } = contextValue.operation;
      setSubscribeFn(async () => {
        const stream = await execution.subscribe({ document, variableValues, operationName, contextValue: context });
        if (!isAsyncIterable(stream)) return stream;
        if (acceptsStream) return maskStream(stream, (error) => maskError(error, requestId));
        await stream.return();
        throw badUserInput('received a subscription without accept text/event-stream, which is how it is answered');
      });
    },
    onResultProcess: ({ result, setResult, serverContext }) => {
      if (isAsyncIterable(result) || Array.isArray(result) || result.errors === undefined) return;
      const { requestId } = serverContext.operation;
      const hasData = 'data' in result;
      const errors = result.errors.map((error) => {
        const masked = maskError(error, requestId);
        if (!hasData) masked.extensions.http = statusExtension(error, masked.extensions.code);
        return masked;
      });
      setResult({ ...result, errors });
    },
  };
}

type Result = Awaited<ReturnType<Execution['execute']>>;

function maskStream(stream: AsyncGenerator<Result>, mask: (error: unknown) => GraphQLError): AsyncIterable<Result> {
  return mapAsyncIterator(
    stream,
    (result) => (result.errors === undefined ? result : { ...result, errors: result.errors.map(mask) }),
    (error: unknown) => ({ errors: [mask(error)] }),
  );
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

async function write(exchange: HttpExchange, answer: Response): Promise<void> {
  const { response } = exchange;
  if (response.destroyed) return;
  const headers = Object.fromEntries([...answer.headers].filter(([name]) => !NOT_YOGAS.includes(name.toLowerCase())));
  if (answer.body === null) {
    const message = 'received accept and operation that do not fit together, wanted a type that can carry the answer';
    throw new HttpError('BAD_USER_INPUT', message, { status: answer.status });
  }
  if (!answer.headers.get('content-type')?.startsWith('text/event-stream')) {
    return send(exchange, { status: answer.status, headers, body: await answer.text() });
  }
  // Yoga, the pipeline and we ourselves listen for its end more than the ten times that Node takes for a leak.
  response.setMaxListeners(20).writeHead(answer.status, headers);
  try {
    await pipeline(answer.body, response);
  } catch (cause) {
    // Whoever reads a stream leaves when it likes. A fault in the stream is one of its results, not an exception.
    throw new ClientGone('the connection ended within a stream', { cause });
  }
}
