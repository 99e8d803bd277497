/** As many errors one request is answered with before the connection is ended. */
export const MOST_ERRORS_OF_REQUEST = 10;

/**
 * What a client may leave unread before it is cut off: 10,000 pushes of one turn, which nobody can read meanwhile, have
 * room, with up to 400 bytes each of market data and 800 of the account.
 */
export const MOST_UNSENT_BYTES = { market: 4 * 2 ** 20, account: 8 * 2 ** 20 } as const;

/** Close codes of the venue: https://www.okx.com/docs-v5/en/#overview-websocket-connect */
export const CLOSE_CODES = { invalidRequest: 4002, silent: 4004 } as const;
