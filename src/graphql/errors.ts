import { ERROR_CODES, type ErrorCode } from '../domain/errors.ts';
import { builder } from './builder.ts';
import { describedEnum } from './described-enum.ts';

export const ErrorCodeEnum = describedEnum('ErrorCode', {
  description:
    'Why something failed. In `errors[].extensions.code`, and in results that implement `Error`. New codes may be added: keep a default branch.',
  values: ERROR_CODES,
  meaning: {
    BAD_USER_INPUT: 'What was sent cannot be used: the document, a variable or an argument.',
    UNAUTHENTICATED: 'Nobody is logged in, or the token has ended.',
    FORBIDDEN: 'The caller may not do this.',
    NOT_FOUND: 'There is no such thing, or it is not yours.',
    COST_LIMIT: 'The operation is larger than a limit of this server; the message says limit and size.',
    RATE_LIMITED: 'Too many operations in a short time. Try again later.',
    UPSTREAM_UNAVAILABLE: 'A store, a source or a venue cannot be reached.',
    DATA_INVALID:
      'What a store or a source holds cannot be read. For a figure of a stored document, `extensions.collection` and `extensions.documentId` say which.',
    STREAM_BAD_CURSOR: 'The cursor is malformed or of another stream.',
    SLOW_CONSUMER: 'The reader did not keep up. Subscribe again after its last cursor.',
    OUTPUT_EXPIRED: 'The output of this run is no longer kept.',
    COMMAND_NOT_ALLOWED: 'No such command is registered, or the caller may not run it.',
    COMMAND_QUEUE_FULL: 'Too many runs are waiting. Try again later.',
    ORDER_REJECTED: 'The venue or a check before it refused the order.',
    GATEWAY_DOWN: 'The gateway is not connected or still reconciling.',
    TRADING_DISABLED: 'Trading is switched off on this server.',
    NOT_AVAILABLE: 'This version does not serve it yet.',
    OVERLOADED: 'The server is too busy. Try again later.',
    SHUTTING_DOWN: 'The server is stopping. Connect again.',
    INTERNAL: 'A fault of the server. The request id finds it in the log.',
  },
});

/** What every expected refusal looks like. */
export interface ErrorShape {
  readonly code: ErrorCode;
  readonly message: string;
}

export const ErrorInterface = builder.interfaceRef<ErrorShape>('Error').implement({
  description: 'An expected refusal, as a member of a result.',
  fields: (t) => ({
    code: t.expose('code', { type: ErrorCodeEnum, description: 'Why, for programs.' }),
    message: t.exposeString('message', { description: 'Why, for people: what was received and what was wanted.' }),
  }),
});

/** A refusal as a member of a result. It is no Error: the executor takes a returned Error for a thrown one. */
export class Refusal implements ErrorShape {
  readonly typename: string;
  readonly code: ErrorCode;
  readonly message: string;

  constructor(typename: string, { code, message }: ErrorShape) {
    this.typename = typename;
    this.code = code;
    this.message = message;
  }
}

/** Declares an object type that implements Error and carries nothing else. */
export function errorType(name: string, description: string) {
  return builder.objectRef<ErrorShape>(name).implement({
    description,
    interfaces: [ErrorInterface],
    isTypeOf: (value) => value instanceof Refusal && value.typename === name,
  });
}

export const NotFound = errorType('NotFound', 'There is no such thing, or it is not yours.');
