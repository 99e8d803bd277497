import { Lexer, Source, TokenKind } from 'graphql';
import { CodedError } from '../domain/errors.ts';
import type { Limits } from './limits.ts';

/**
 * Reads a document token by token and refuses with COST_LIMIT at the first one over a limit. The parser descends once
 * for each open bracket, and so does most of what works on its result: a depth that is known to be small beforehand is
 * what keeps a document from overflowing the stack. Throws GraphQLError for what is no token.
 */
export function scanTokens(text: string, limits: Limits): void {
  const lexer = new Lexer(new Source(text));
  let open = 0;
  for (let count = 1; lexer.advance().kind !== TokenKind.EOF; count++) {
    if (count > limits.tokens) throw tooMany('tokens', limits.tokens);
    open += bracketStep(lexer.token.kind);
    if (open > limits.nesting) throw tooMany('open brackets', limits.nesting);
  }
}

function tooMany(what: string, limit: number): CodedError {
  return new CodedError('COST_LIMIT', `the document has more than ${limit} ${what}, wanted at most ${limit}`);
}

function bracketStep(kind: TokenKind): number {
  switch (kind) {
    case TokenKind.BRACE_L:
    case TokenKind.BRACKET_L:
    case TokenKind.PAREN_L:
      return 1;
    case TokenKind.BRACE_R:
    case TokenKind.BRACKET_R:
    case TokenKind.PAREN_R:
      return -1;
    default:
      return 0;
  }
}
