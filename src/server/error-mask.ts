import { inspect } from 'node:util';
import { GraphQLError, type GraphQLErrorExtensions } from 'graphql';
import type { DocumentOrigin } from '../domain/data-faults.ts';
import { CodedError, type ErrorCode } from '../domain/errors.ts';
import type { Logger } from '../logger.ts';

const MESSAGE_MAX_LENGTH = 500;
const LOGGED_MAX_LENGTH = 8_000;
const INTERNAL_MESSAGE = 'internal error';

/** What a client may see of a failure: message, place, code, request id, cursor and document, and nothing else. */
export type ErrorMask = (error: unknown, requestId: string) => GraphQLError;

interface Visible {
  readonly code: ErrorCode;
  readonly message: string;
  /** Where a stream that this ended goes on. */
  readonly cursor?: string | undefined;
  /** The stored document that cannot be read. */
  readonly origin?: DocumentOrigin | undefined;
}

/**
 * Lets coded errors and the client's own mistakes through and turns everything else into INTERNAL. What is hidden is
 * logged with its stack, once for each request, however many fields failed of it; so is what lies behind a coded error
 * that names a cause. What was masked already stays as it is. Never throws, whatever was thrown.
 */
export function createErrorMask(logger: Logger): ErrorMask {
  const loggedFor = new WeakMap<object, string>();
  const made = new WeakSet<GraphQLError>();
  const isNew = (fault: unknown, requestId: string): boolean => {
    if (!isObject(fault)) return true;
    if (loggedFor.get(fault) === requestId) return false;
    loggedFor.set(fault, requestId);
    return true;
  };
  const mask = (error: unknown, requestId: string): GraphQLError => {
    const visible = visibleOf(error);
    const root = rootOf(error);
    if (visible === undefined) {
      if (isNew(root, requestId)) {
        logger.error({ requestId, fault: describe(root) }, 'a request met a fault that was masked');
      }
      return toClientError({ code: 'INTERNAL', message: INTERNAL_MESSAGE }, { requestId, place: error });
    }
    if (root instanceof CodedError && root.cause !== undefined && isNew(root, requestId)) {
      logger.warn({ requestId, code: root.code, fault: describe(root.cause) }, root.message);
    }
    return toClientError(visible, { requestId, place: error });
  };
  return (error, requestId) => {
    if (isGraphQLError(error) && made.has(error)) return error;
    const masked = mask(error, requestId);
    made.add(masked);
    return masked;
  };
}

function visibleOf(error: unknown): Visible | undefined {
  try {
    return visible(error);
  } catch {
    // A proxy or a getter that throws: nothing of ours.
    return undefined;
  }
}

function visible(error: unknown): Visible | undefined {
  const root = rootOf(error);
  if (root instanceof CodedError) {
    // Without a path it is about a variable or a literal, and only the outer message says which one.
    const isAboutInput = error instanceof GraphQLError && error.path === undefined;
    const { code, cursor, origin } = root;
    return { code, message: isAboutInput ? error.message : root.message, cursor, origin };
  }
  if (!(error instanceof GraphQLError) || !(root instanceof GraphQLError)) return undefined;
  return isClientFault(error, root) ? { code: 'BAD_USER_INPUT', message: error.message } : undefined;
}

/**
 * Before a field runs (no path) only the document and its variables can be wrong. In a field, graphql names the argument
 * that it could not use; a scalar that cannot serialize our value, or a resolver that throws, names no node.
 */
function isClientFault(error: GraphQLError, root: GraphQLError): boolean {
  return error.path === undefined || (root !== error && root.path === undefined && root.nodes !== undefined);
}

/** What was thrown in the first place, below the GraphQLErrors that say where. */
function rootOf(error: unknown): unknown {
  let root = error;
  while (isGraphQLError(root) && root.originalError !== undefined) root = root.originalError;
  return root;
}

interface ClientErrorOptions {
  readonly requestId: string;
  /** Its locations and path are kept when it is a GraphQLError. */
  readonly place: unknown;
}

function toClientError(
  { code, message, cursor, origin }: Visible,
  { requestId, place }: ClientErrorOptions,
): GraphQLError {
  const bounded = message.length > MESSAGE_MAX_LENGTH ? `${message.slice(0, MESSAGE_MAX_LENGTH - 1)}…` : message;
  const document = origin && { collection: origin.collection, documentId: origin.documentId };
  const extensions: GraphQLErrorExtensions = { code, requestId, ...(cursor !== undefined && { cursor }), ...document };
  if (!isGraphQLError(place)) return new GraphQLError(bounded, { extensions });
  const { nodes, source, positions, path } = place;
  return new GraphQLError(bounded, { nodes, source, positions, path, extensions });
}

/** Also for a proxy that throws when it is asked for its class. */
function isGraphQLError(error: unknown): error is GraphQLError {
  try {
    return error instanceof GraphQLError;
  } catch {
    return false;
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function describe(cause: unknown): string {
  try {
    return inspect(cause, { depth: 4, maxArrayLength: 20, maxStringLength: 2_000 }).slice(0, LOGGED_MAX_LENGTH);
  } catch {
    return 'something that cannot be printed';
  }
}
