import type { Clock } from '../async/clock.ts';
import type { GatewayConnection } from '../domain/gateway.ts';
import type { LiveBar } from '../domain/live-bar.ts';
import type { MarketTopic } from '../domain/market-topic.ts';
import type { Print } from '../domain/market-trade.ts';
import type { Quote } from '../domain/tick.ts';
import { type SocketTiming, WebSocketClient } from '../transport/web-socket-client.ts';
import { type ConnectionStanding, socketStanding } from './gateway-standing.ts';
import { PrintRepeats } from './print-repeats.ts';
import { QuoteBoard } from './quote-board.ts';
import { TopicSubscriptions } from './topic-subscriptions.ts';
import type { VenueConversation, VenueEvent, VenueSocket } from './venue.ts';

/** Default: 5 s, 10 s, and those of the WebSocket client. */
export interface ConnectionTiming {
  /** How long the venue has to acknowledge a subscription before it is asked again. */
  readonly acknowledgeTimeoutMs: number;
  /** Quotes are stale when the socket that carries them brought no data for so long. */
  readonly staleAfterMs: number;
  readonly socket: Partial<SocketTiming>;
}

export interface VenueConnectionOptions {
  readonly gateway: string;
  readonly venueSocket: VenueSocket;
  readonly url: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly timing: ConnectionTiming;
  onQuote(quote: Quote): void;
  onPrint(print: Print): void;
  onBar(bar: LiveBar): void;
  /** The venue does not serve the topic; it is not asked for again unless it becomes wanted anew. */
  onRefused(topic: MarketTopic, reason: string): void;
  /** The venue could not do what it was asked, this time. */
  onTrouble(reason: string): void;
  onInterrupted(topic: MarketTopic): void;
  onDropped(topic: MarketTopic): void;
  /** Something came that cannot be used; the connection goes on. */
  onUnreadable(reason: string): void;
  onFault(error: unknown): void;
  /** `standing`, or another part of the status than texts and times of messages, says something else. */
  onChange(): void;
}

/** One socket of a gateway: keeps it subscribed to what is wanted of it and tells what it brings. */
export class VenueConnection {
  readonly #options: VenueConnectionOptions;
  readonly #client: WebSocketClient;
  readonly #subscriptions: TopicSubscriptions;
  readonly #quotes: QuoteBoard;
  readonly #repeats = new PrintRepeats();
  /** Of the present connection. */
  #conversation: VenueConversation | undefined;
  #wanted: ReadonlyMap<string, MarketTopic> = new Map();

  /** Throws a TypeError for a URL that is none. */
  constructor(options: VenueConnectionOptions) {
    const { venueSocket, url, clock, random, timing, onQuote, onUnreadable, onFault, onChange } = options;
    const { acknowledgeTimeoutMs, staleAfterMs, socket } = timing;
    this.#options = options;
    this.#quotes = new QuoteBoard({ clock, staleAfterMs, publish: onQuote });
    this.#client = new WebSocketClient({
      url,
      heartbeat: venueSocket.heartbeat,
      clock,
      random,
      timing: socket,
      onOpen: () => this.#opened(),
      onClose: () => this.#closed(),
      onText: (text, receivedAt) => this.#receive(text, receivedAt),
      onUnreadable,
      onFault,
      onChange,
    });
    this.#subscriptions = new TopicSubscriptions({
      clock,
      acknowledgeTimeoutMs,
      send: (texts) => this.#send(texts),
      onChange,
    });
  }

  get kind(): VenueSocket['kind'] {
    return this.#options.venueSocket.kind;
  }

  get wantedCount(): number {
    return this.#wanted.size;
  }

  get lastMessageAt(): number | null {
    return this.#client.status().lastMessageAt;
  }

  start(): void {
    this.#client.start();
  }

  async stop(): Promise<void> {
    await this.#client.stop();
  }

  carries(topic: MarketTopic): boolean {
    return this.#options.venueSocket.carries(topic);
  }

  /** Names to topics, all of which the socket carries. What was remembered of others is forgotten. */
  setWanted(wanted: ReadonlyMap<string, MarketTopic>): void {
    for (const [name, topic] of this.#wanted) if (!wanted.has(name)) this.#forget(topic);
    this.#wanted = wanted;
    this.#subscriptions.setWanted(wanted);
  }

  standing(): ConnectionStanding {
    const { state, lastFailure } = this.#client.status();
    const standing = socketStanding(
      { state, reason: lastFailure },
      { isSettled: this.#subscriptions.isSettled, givenUp: this.#subscriptions.givenUp() },
    );
    return { ...standing, kind: this.kind };
  }

  status(): GatewayConnection {
    const { lastFailure: _, ...socket } = this.#client.status();
    const { gateway, venueSocket } = this.#options;
    return {
      ...socket,
      gateway,
      kind: venueSocket.kind,
      index: 0,
      state: this.standing().state,
      subscriptions: [...this.#wanted.keys()],
      queuedRequests: null,
      droppedRequests: null,
    };
  }

  #opened(): void {
    const conversation = this.#options.venueSocket.converse();
    this.#conversation = conversation;
    this.#repeats.nextConnection();
    this.#send(conversation.greeting ?? []);
    if (conversation.awaitsReady !== true) this.#subscriptions.open(conversation);
  }

  #send(texts: readonly string[]): number {
    for (const text of texts) this.#client.send(text);
    return 0;
  }

  #closed(): void {
    this.#subscriptions.close();
    this.#quotes.expire();
    for (const topic of this.#wanted.values()) this.#options.onInterrupted(topic);
  }

  #forget(topic: MarketTopic): void {
    if (topic.channel === 'ticks') this.#quotes.forget(topic.symbol);
    if (topic.channel === 'trades') this.#repeats.forget(topic.symbol);
    this.#options.onDropped(topic);
  }

  #receive(text: string, receivedAt: number): boolean {
    let hasData = false;
    for (const event of this.#conversation?.read(text, receivedAt) ?? []) {
      if (this.#handle(event)) hasData = true;
    }
    return hasData;
  }

  /** Whether the event is data that we are subscribed to. */
  #handle(event: VenueEvent): boolean {
    switch (event.type) {
      case 'QUOTE':
        return this.#quote(event.quote);
      case 'PRINT':
        return this.#print(event.print);
      case 'BAR':
        return this.#bar(event.bar);
      case 'READY':
        if (this.#conversation !== undefined) this.#subscriptions.open(this.#conversation);
        return false;
      case 'ANSWER':
        this.#send([event.text]);
        return false;
      case 'SUBSCRIBED':
        this.#subscriptions.acknowledge(event.topic);
        return false;
      case 'UNSUBSCRIBED':
        this.#subscriptions.ended(event.topic);
        return false;
      case 'REFUSED':
        if (this.#subscriptions.refused(event.topic)) this.#options.onRefused(event.topic, event.reason);
        return false;
      case 'TROUBLE':
        this.#options.onTrouble(event.reason);
        return false;
      case 'CLOSING':
        this.#client.reconnect(`the venue will close the connection: ${event.reason}`);
        return false;
      case 'UNREADABLE':
        this.#options.onUnreadable(event.reason);
        return false;
    }
  }

  #quote(quote: Omit<Quote, 'gateway' | 'stale'>): boolean {
    if (!this.#isOurs({ channel: 'ticks', symbol: quote.symbol })) return false;
    this.#quotes.put({ ...quote, gateway: this.#options.gateway, stale: false });
    return true;
  }

  #print(print: Omit<Print, 'gateway'>): boolean {
    if (!this.#isOurs({ channel: 'trades', symbol: print.symbol })) return false;
    if (this.#repeats.isRepeat(print.symbol, print.tradeId)) return true;
    this.#options.onPrint({ ...print, gateway: this.#options.gateway });
    return true;
  }

  #bar(bar: Omit<LiveBar, 'gateway'>): boolean {
    if (!this.#isOurs({ channel: 'bars', symbol: bar.symbol, interval: bar.interval })) return false;
    this.#options.onBar({ ...bar, gateway: this.#options.gateway });
    return true;
  }

  /** What still comes of a topic that was given up, or over a connection that was, is not passed on. */
  #isOurs(topic: MarketTopic): boolean {
    if (!this.#subscriptions.acknowledge(topic)) return false;
    this.#quotes.heard();
    return true;
  }
}
