import type { Clock } from '../../async/clock.ts';
import type { GatewayState } from '../../domain/gateway.ts';
import type { AccountChannel } from '../../domain/live-account.ts';
import {
  type SocketStatus,
  type SocketTiming,
  WebSocketClient,
  type WebSocketClientOptions,
} from '../../transport/web-socket-client.ts';
import type { AccountEvent, AccountFrameReader, Credentials, VenueAccountSocket } from '../venue-account.ts';

/** What a push says of the account. */
export type AccountNews = Extract<AccountEvent, { readonly type: 'ORDER' | 'POSITION' | 'BALANCE' }>;

export interface AccountConnectionOptions extends Pick<WebSocketClientOptions, 'gate' | 'agent'> {
  readonly venueSocket: VenueAccountSocket;
  readonly url: string;
  readonly credentials: Credentials;
  readonly channels: readonly AccountChannel[];
  readonly clock: Clock;
  /** Milliseconds since the epoch by the venue's clock. */
  readonly venueNow: () => number;
  /** Numbers from 0 to below 1. */
  readonly random: () => number;
  /** How long the venue has to take the login, and then the subscriptions. */
  readonly acknowledgeTimeoutMs: number;
  readonly socket: Partial<SocketTiming>;
  onNews(news: AccountNews): void;
  /** From now on the venue pushes what happens. */
  onReady(): void;
  /** A connection is over, ready or not. */
  onLost(): void;
  onTrouble(reason: string): void;
  onUnreadable(reason: string): void;
  onFault(error: unknown): void;
  /** The status says something else than before, but for texts and times of messages. */
  onChange(): void;
}

/** The private socket of an account: logs in and subscribes on every connection anew. */
export class AccountConnection {
  readonly #options: AccountConnectionOptions;
  readonly #client: WebSocketClient;
  /** Of the present connection. */
  #read: AccountFrameReader = () => [];
  /** Not acknowledged yet; undefined before the login. */
  #awaited: Set<AccountChannel> | undefined;
  #isReady = false;
  #cancelDeadline: (() => void) | undefined;

  /** Throws a TypeError for a URL that is none. */
  constructor(options: AccountConnectionOptions) {
    const { venueSocket, url, clock, random, socket, gate, agent, credentials, onUnreadable, onFault, onChange } =
      options;
    this.#options = options;
    this.#client = new WebSocketClient({
      ...{ url, clock, random, gate, agent, onUnreadable, onFault, onChange },
      heartbeat: venueSocket.heartbeat,
      timing: socket,
      secrets: Object.values(credentials),
      onOpen: () => this.#logIn(),
      onClose: () => this.#lost(),
      onText: (text, receivedAt) => this.#receive(text, receivedAt),
    });
  }

  /** Whether the venue pushes what happens. */
  get isReady(): boolean {
    return this.#isReady;
  }

  start(): void {
    this.#client.start();
  }

  async stop(): Promise<void> {
    await this.#client.stop();
  }

  /** Gives the connection up for another one. */
  reconnect(reason: string): void {
    this.#client.reconnect(reason);
  }

  status(): SocketStatus {
    return this.#client.status();
  }

  state(): GatewayState {
    const { state } = this.#client.status();
    return state === 'CONNECTED' && !this.#isReady ? 'CONNECTING' : state;
  }

  #logIn(): void {
    const { venueSocket, credentials, venueNow } = this.#options;
    this.#read = venueSocket.createReader();
    this.#client.sendSecret(venueSocket.login(credentials, venueNow()));
    this.#expect('a login');
  }

  #subscribe(): void {
    const { venueSocket, channels } = this.#options;
    this.#awaited = new Set(channels);
    for (const frame of venueSocket.subscribe(channels)) this.#client.send(frame);
    this.#expect('subscriptions');
    this.#settle();
  }

  #settle(): void {
    if (this.#awaited === undefined || this.#awaited.size > 0 || this.#isReady) return;
    this.#cancelDeadline?.();
    this.#isReady = true;
    this.#options.onReady();
    this.#options.onChange();
  }

  #lost(): void {
    this.#cancelDeadline?.();
    this.#awaited = undefined;
    this.#isReady = false;
    this.#options.onLost();
  }

  #expect(what: string): void {
    const { clock, acknowledgeTimeoutMs } = this.#options;
    this.#cancelDeadline?.();
    this.#cancelDeadline = clock.after(acknowledgeTimeoutMs, () => {
      this.#client.reconnect(`the venue did not acknowledge ${what} within ${acknowledgeTimeoutMs} ms`);
    });
  }

  #receive(text: string, receivedAt: number): boolean {
    let hasData = false;
    for (const event of this.#read(text, receivedAt)) if (this.#handle(event)) hasData = true;
    return hasData;
  }

  /** Whether the event is data of the account. */
  #handle(event: AccountEvent): boolean {
    switch (event.type) {
      case 'ORDER':
      case 'POSITION':
      case 'BALANCE':
        this.#options.onNews(event);
        return true;
      case 'LOGGED_IN':
        if (this.#awaited === undefined) this.#subscribe();
        return false;
      case 'SUBSCRIBED':
        this.#awaited?.delete(event.channel);
        this.#settle();
        return false;
      case 'LOGIN_REFUSED':
        this.#client.reconnect(`the venue refused the login: ${event.reason}`);
        return false;
      case 'REFUSED':
        this.#client.reconnect(`the venue refused the channel ${event.channel}: ${event.reason}`);
        return false;
      case 'CLOSING':
        this.#client.reconnect(`the venue will close the connection: ${event.reason}`);
        return false;
      case 'TROUBLE':
        this.#options.onTrouble(this.#client.withoutSecrets(event.reason));
        return false;
      case 'UNREADABLE':
        this.#options.onUnreadable(this.#client.withoutSecrets(event.reason));
        return false;
    }
  }
}
