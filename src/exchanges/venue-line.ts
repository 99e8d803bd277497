import type { Clock } from '../async/clock.ts';
import type { MarketTopic } from '../domain/market-topic.ts';
import { type SocketStatus, WebSocketClient, type WebSocketClientOptions } from '../transport/web-socket-client.ts';
import { FramePacer } from './frame-pacer.ts';
import { TopicSubscriptions } from './topic-subscriptions.ts';
import type { VenueConversation, VenueEvent, VenueSocket } from './venue.ts';

/** Of one frame; the rest of it is passed over. */
const MOST_UNREADABLE_PARTS = 100;

/** What a venue tells of topics that the line is subscribed to. */
export type MarketNews = Extract<VenueEvent, { readonly type: 'QUOTE' | 'PRINT' | 'BAR' }>;

export interface VenueLineOptions
  extends Pick<WebSocketClientOptions, 'url' | 'random' | 'timing' | 'locate' | 'gate' | 'agent'> {
  readonly venueSocket: VenueSocket;
  readonly clock: Clock;
  /** How long the venue has to acknowledge a subscription before it is asked again. */
  readonly acknowledgeTimeoutMs: number;
  onOpen(): void;
  onClose(): void;
  onNews(news: MarketNews): void;
  /** The venue does not serve the topic; it is not asked for again unless it becomes wanted anew. */
  onRefused(topic: MarketTopic, reason: string): void;
  /** The venue could not do what it was asked, this time. */
  onTrouble(reason: string): void;
  /** The venue will close the connection. */
  onClosing(reason: string): void;
  /** What is to be said waits for so long that another connection should be opened. */
  onBacklog(waitMs: number): void;
  /** Something came that cannot be used; the connection goes on. */
  onUnreadable(reason: string): void;
  onFault(error: unknown): void;
  onChange(): void;
}

/** With more before it than what leaves in so long, a frame would leave sooner on another connection. */
const LONGEST_WAIT_MS = 30_000;

/** A socket that comes back by itself, with what is said on it: subscribed to what is wanted on every connection anew. */
export class VenueLine {
  readonly #options: VenueLineOptions;
  readonly #client: WebSocketClient;
  readonly #pacer: FramePacer;
  readonly #subscriptions: TopicSubscriptions;
  /** Of the present connection. */
  #conversation: VenueConversation | undefined;

  /** Throws a TypeError for a URL that is none. */
  constructor(options: VenueLineOptions) {
    const { venueSocket, clock, acknowledgeTimeoutMs } = options;
    const { url, random, timing, locate, gate, agent, onUnreadable, onFault, onChange } = options;
    this.#options = options;
    this.#client = new WebSocketClient({
      ...{ url, clock, random, timing, locate, gate, agent, onUnreadable, onFault, onChange },
      headers: venueSocket.headers,
      heartbeat: venueSocket.heartbeat,
      onOpen: () => this.#opened(),
      onClose: () => this.#closed(),
      onText: (text, receivedAt) => this.#receive(text, receivedAt),
    });
    this.#pacer = new FramePacer({
      clock,
      rate: venueSocket.limits?.frames,
      send: (text) => void this.#client.send(text),
    });
    this.#subscriptions = new TopicSubscriptions({
      ...{ clock, acknowledgeTimeoutMs, onChange },
      send: (texts) => this.#send(texts),
    });
  }

  /** Whether there was a moment on this connection in which no acknowledgement was awaited. */
  get isSettled(): boolean {
    return this.#subscriptions.isSettled;
  }

  /** Topics that the venue never acknowledged. */
  givenUp(): string[] {
    return this.#subscriptions.givenUp();
  }

  start(): void {
    this.#client.start();
  }

  async stop(): Promise<void> {
    await this.#client.stop();
  }

  reconnect(reason: string): void {
    this.#client.reconnect(reason);
  }

  setWanted(wanted: ReadonlyMap<string, MarketTopic>): void {
    this.#subscriptions.setWanted(wanted);
  }

  /** Subscribes anew to those of the topics that the venue has acknowledged. */
  renew(topics: readonly MarketTopic[]): void {
    this.#subscriptions.renew(topics);
  }

  status(): SocketStatus {
    return this.#client.status();
  }

  #opened(): void {
    const { venueSocket, clock } = this.#options;
    const conversation = venueSocket.converse(() => clock.now());
    this.#conversation = conversation;
    this.#options.onOpen();
    this.#pacer.send(conversation.greeting ?? []);
    if (conversation.awaitsReady !== true) this.#subscriptions.open(conversation);
  }

  #closed(): void {
    this.#conversation = undefined;
    this.#pacer.clear();
    this.#subscriptions.close();
    this.#options.onClose();
  }

  /** Answers in how many milliseconds the last of them will have left. */
  #send(texts: readonly string[]): number {
    const waitMs = this.#pacer.send(texts);
    // The first subscriptions would wait for as long on any other.
    if (waitMs > LONGEST_WAIT_MS && this.isSettled) this.#options.onBacklog(waitMs);
    return waitMs;
  }

  #receive(text: string, receivedAt: number): boolean {
    const conversation = this.#conversation;
    let hasData = false;
    let unreadable = 0;
    for (const event of conversation?.read(text, receivedAt) ?? []) {
      if (this.#handle(event)) hasData = true;
      if (event.type === 'UNREADABLE') unreadable += 1;
      // What an event has ended says nothing more; and a frame may hold millions of parts that nobody can read.
      if (this.#conversation !== conversation || unreadable === MOST_UNREADABLE_PARTS) break;
    }
    return hasData;
  }

  /** Whether the event is data that we are subscribed to. */
  #handle(event: VenueEvent): boolean {
    switch (event.type) {
      case 'QUOTE':
      case 'PRINT':
      case 'BAR':
        return this.#tell(event);
      case 'READY':
        if (this.#conversation !== undefined) this.#subscriptions.open(this.#conversation);
        return false;
      case 'ANSWER':
        this.#pacer.send([event.text]);
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
        this.#options.onClosing(event.reason);
        return false;
      case 'UNREADABLE':
        this.#options.onUnreadable(event.reason);
        return false;
    }
  }

  /** What still comes of a topic that was given up, or over a connection that was, is not passed on. */
  #tell(news: MarketNews): boolean {
    if (!this.#subscriptions.acknowledge(topicOf(news))) return false;
    this.#options.onNews(news);
    return true;
  }
}

/** What one is subscribed to when the news comes. */
export function topicOf(news: MarketNews): MarketTopic {
  switch (news.type) {
    case 'QUOTE':
      return { channel: 'ticks', symbol: news.quote.symbol };
    case 'PRINT':
      return { channel: 'trades', symbol: news.print.symbol };
    case 'BAR':
      return { channel: 'bars', symbol: news.bar.symbol, interval: news.bar.interval };
  }
}
