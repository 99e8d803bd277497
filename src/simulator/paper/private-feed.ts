import type { WebSocket } from 'ws';
import type { Clock } from '../../async/clock.ts';
import {
  acknowledgeChannel,
  acknowledgeLogin,
  channelOf,
  type OkxAccountArgument,
  type OkxAccountRow,
  type OkxLogin,
  type OkxOrderRow,
  type OkxPositionRow,
  parseAccountOperation,
  SOCKET_CODES,
  writeError,
  writePush,
} from '../../exchanges/okx/account-dialect.ts';
import { NO_SUCH_CHANNEL, PING, PONG } from '../../exchanges/okx/dialect.ts';
import { loginSignature } from '../../exchanges/okx/sign.ts';
import { dismiss, sendOrCutOff } from '../loopback-server.ts';
import { isSameText, type PaperCredentials } from './credentials.ts';
import { CLOSE_CODES, MOST_ERRORS_OF_REQUEST, MOST_UNSENT_BYTES } from './feed-limits.ts';

export interface PrivateFeedOptions {
  readonly credentials: PaperCredentials;
  readonly clock: Clock;
  /** All open positions. */
  readonly positions: () => readonly OkxPositionRow[];
  /** With all currencies. */
  readonly account: () => OkxAccountRow;
  /** Called when somebody has subscribed. */
  readonly onAudience: () => void;
}

interface Session {
  readonly connectionId: string;
  isLoggedIn: boolean;
  /** Takes back that the connection ends unless it logs in. */
  readonly cancelTimer: () => void;
  /** By channel and kind of instrument. */
  readonly args: Map<string, OkxAccountArgument>;
}

/** Positions are told of again in this time, since their profit moves: the venue's own default. */
const POSITIONS_EVERY_MS = 5000;
const LONGEST_DRIFT_MS = 30_000;
const LOGIN_WITHIN_MS = 30_000;
const EVERY_INSTRUMENT = 'ANY';

/** The private socket: orders, positions and the account, for who has logged in. */
export class PrivateFeed {
  readonly #options: PrivateFeedOptions;
  readonly #sessions = new Map<WebSocket, Session>();
  #connections = 0;
  #positionsToldAt = 0;

  constructor(options: PrivateFeedOptions) {
    this.#options = options;
  }

  admit(socket: WebSocket): void {
    const connectionId = (++this.#connections).toString(16).padStart(8, '0');
    const cancelTimer = this.#options.clock.after(LOGIN_WITHIN_MS, () => {
      this.#end(socket, CLOSE_CODES.silent, 'No data received in 30s');
    });
    const session: Session = { connectionId, isLoggedIn: false, cancelTimer, args: new Map() };
    this.#sessions.set(socket, session);
    socket.on('message', (data) => {
      for (const text of this.#answer(socket, session, data.toString())) send(socket, text);
    });
    socket.on('close', () => this.#drop(socket));
  }

  /** Ends the wait for logins, when all connections have been ended. */
  stop(): void {
    for (const { cancelTimer } of this.#sessions.values()) cancelTimer();
  }

  /** Whether anybody follows positions. */
  get isFollowed(): boolean {
    return this.#sessions.values().some(({ args }) => args.values().some(({ channel }) => channel === 'positions'));
  }

  tellOrders(rows: readonly OkxOrderRow[]): void {
    for (const row of rows) this.#push('orders', row.instType, (arg) => writePush(arg, [row]));
  }

  tellPosition(row: OkxPositionRow): void {
    this.#push('positions', row.instType, (arg) => writePush(arg, [row], 'event_update'));
  }

  /** Tells of open positions again, when it is time. */
  tellPositionsInTurn(): void {
    const { clock, positions } = this.#options;
    if (clock.now() - this.#positionsToldAt < POSITIONS_EVERY_MS) return;
    this.#positionsToldAt = clock.now();
    for (const row of positions()) this.tellPosition(row);
  }

  /** `row` has the currencies that may have changed. */
  tellAccount(row: OkxAccountRow): void {
    this.#push('account', undefined, (arg) => writePush(arg, [row], 'event_update'));
  }

  #push(channel: string, instType: string | undefined, write: (arg: OkxAccountArgument) => string): void {
    for (const [socket, { args }] of this.#sessions) {
      for (const arg of args.values()) {
        if (arg.channel === channel && isOf(arg, instType)) send(socket, write(arg));
      }
    }
  }

  #end(socket: WebSocket, code: number, reason: string): void {
    this.#drop(socket);
    dismiss(socket, code, reason);
  }

  #drop(socket: WebSocket): void {
    this.#sessions.get(socket)?.cancelTimer();
    this.#sessions.delete(socket);
  }

  *#answer(socket: WebSocket, session: Session, request: string): Generator<string> {
    const { connectionId } = session;
    if (request === PING) return yield PONG;
    const operation = parseAccountOperation(request);
    if (operation === undefined) {
      return yield writeError(SOCKET_CODES.badRequest, `Invalid request: ${request.slice(0, 256)}`, connectionId);
    }
    if (operation.op === 'login') {
      const refusal = this.#refuseLogin(operation.login);
      session.isLoggedIn ||= refusal === undefined;
      if (session.isLoggedIn) session.cancelTimer();
      return yield refusal === undefined ? acknowledgeLogin(connectionId) : writeError(...refusal, connectionId);
    }
    let errors = 0;
    for (const arg of operation.args) {
      const refusal = refuseArgument(session, arg);
      if (refusal !== undefined) {
        yield writeError(...refusal, connectionId);
        errors += 1;
        if (errors === MOST_ERRORS_OF_REQUEST) return this.#end(socket, CLOSE_CODES.invalidRequest, 'Invalid request');
      } else {
        const key = JSON.stringify([arg.channel, arg.instType]);
        yield acknowledgeChannel(operation.op, arg, connectionId);
        if (operation.op === 'unsubscribe') {
          session.args.delete(key);
        } else {
          session.args.set(key, arg);
          yield* this.#snapshotOf(arg);
          this.#options.onAudience();
        }
      }
    }
  }

  *#snapshotOf(arg: OkxAccountArgument): Generator<string> {
    if (arg.channel === 'account') yield writePush(arg, [this.#options.account()], 'snapshot');
    if (arg.channel !== 'positions') return;
    const rows = this.#options.positions().filter(({ instType }) => isOf(arg, instType));
    yield writePush(arg, rows, 'snapshot');
  }

  #refuseLogin({ apiKey, passphrase, timestamp, sign }: OkxLogin): [code: string, msg: string] | undefined {
    const { credentials, clock } = this.#options;
    if (!/^\d{1,13}$/.test(timestamp)) return [SOCKET_CODES.badTimestamp, 'Invalid timestamp'];
    if (Math.abs(Number(timestamp) * 1000 - clock.now()) > LONGEST_DRIFT_MS) {
      return [SOCKET_CODES.timestampExpired, 'Timestamp request expired'];
    }
    if (!isSameText(apiKey, credentials.apiKey)) return [SOCKET_CODES.badApiKey, 'Invalid apiKey'];
    if (!isSameText(passphrase, credentials.passphrase)) return [SOCKET_CODES.badPassphrase, 'Wrong passphrase'];
    const isSigned = isSameText(sign, loginSignature(timestamp, credentials.secret));
    return isSigned ? undefined : [SOCKET_CODES.badSignature, 'Invalid sign'];
  }
}

function refuseArgument({ isLoggedIn }: Session, arg: OkxAccountArgument): [code: string, msg: string] | undefined {
  if (!isLoggedIn) return [SOCKET_CODES.notLoggedIn, 'Please log in'];
  if (channelOf(arg) !== undefined) return undefined;
  return [NO_SUCH_CHANNEL, `Wrong URL or channel:${arg.channel.slice(0, 64)} doesn't exist.`];
}

function isOf({ instType }: OkxAccountArgument, wanted: string | undefined): boolean {
  return wanted === undefined || instType === undefined || instType === EVERY_INSTRUMENT || instType === wanted;
}

function send(socket: WebSocket, text: string): void {
  sendOrCutOff(socket, text, MOST_UNSENT_BYTES.account);
}
