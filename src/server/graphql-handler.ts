import { OperationTypeNode } from 'graphql';
import type { AcceptedTypes } from './accept.ts';
import type { HttpExchange } from './answer.ts';
import type { EventStreams } from './event-streams.ts';
import { methodNotAllowed } from './http-error.ts';
import type { OperationRequest } from './operation-request.ts';
import {
  isRefused,
  isSubscription,
  type OperationOrigin,
  type Operations,
  type PreparedOperation,
  type RefusedOperation,
} from './operations.ts';
import { ResultWriter, releaseWhenAnswered } from './result-writer.ts';
import { createYogaHandler } from './yoga-handler.ts';

/** An operation over HTTP, read and checked. */
export interface Operation {
  readonly request: OperationRequest;
  readonly origin: OperationOrigin;
  readonly accepted: AcceptedTypes;
}

/** Answers one operation over HTTP. */
export type GraphQLHandler = (exchange: HttpExchange, operation: Operation) => Promise<void>;

/**
 * A subscription goes out as a stream of events, as does anything that a client takes in no other form. Data that was
 * asked for in a common way is written at once, which is half the work of a small query. Everything else, whatever is
 * not executed or has no data above all, is GraphQL over HTTP through Yoga, which negotiates media type and status. All
 * of them read, check, execute and mask by the same functions.
 */
export function createGraphQLHandler(operations: Operations, streams: EventStreams): GraphQLHandler {
  const writer = new ResultWriter(operations);
  const answerByYoga = createYogaHandler(operations, writer);
  return async (exchange, operation) => {
    const { request, origin, accepted } = operation;
    const prepared = operations.prepare(request, origin.requestId);
    const isStream = accepted.isStream && (!accepted.isResult || (!isRefused(prepared) && isSubscription(prepared)));
    if (isStream) {
      // Yoga refuses it for every other form of answer.
      if (exchange.request.method === 'GET' && isMutation(prepared)) throw methodNotAllowed('GET', ['POST']);
      return streams.answer(exchange, prepared, origin);
    }
    const type = accepted.resultType;
    if (type === undefined || !isExecutable(exchange, prepared))
      return answerByYoga(exchange, { ...operation, prepared });
    const executing = operations.execute(prepared, origin);
    const executed = await executing.catch(() => undefined);
    if (executed !== undefined) releaseWhenAnswered(exchange, executed);
    if (executed?.result.data == null) return answerByYoga(exchange, { ...operation, prepared, executed: executing });
    const headers = { 'content-type': `${type}; charset=utf-8` };
    return writer.send(exchange, executed.result, { status: 200, headers });
  };
}

/** Whether it may be executed for this request, and has one result. */
function isExecutable(
  { request: { method } }: HttpExchange,
  prepared: PreparedOperation | RefusedOperation,
): prepared is PreparedOperation {
  if (isRefused(prepared) || isSubscription(prepared)) return false;
  return method === 'POST' || !isMutation(prepared);
}

function isMutation(prepared: PreparedOperation | RefusedOperation): boolean {
  return !isRefused(prepared) && prepared.operation.operation === OperationTypeNode.MUTATION;
}
