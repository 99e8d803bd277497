import type { Clock } from '../async/clock.ts';
import type { GatewayConnection } from '../domain/gateway.ts';
import type { LiveBar } from '../domain/live-bar.ts';
import type { MarketChannel, MarketTopic } from '../domain/market-topic.ts';
import type { Print } from '../domain/market-trade.ts';
import type { Quote } from '../domain/tick.ts';
import type { SocketTiming, WebSocketClientOptions } from '../transport/web-socket-client.ts';
import { ChannelSilence, type SilenceBudgets } from './channel-silence.ts';
import { type ConnectionStanding, socketStanding } from './gateway-standing.ts';
import { PrintRepeats } from './print-repeats.ts';
import { QuoteBoard } from './quote-board.ts';
import type { VenueSocket } from './venue.ts';
import { type MarketNews, topicOf, VenueLine } from './venue-line.ts';

/** Default: 5 s, 10 s, those of the channels, and those of the WebSocket client. */
export interface ConnectionTiming {
  /** How long the venue has to acknowledge a subscription before it is asked again. */
  readonly acknowledgeTimeoutMs: number;
  /** Quotes are stale when the socket that carries them brought no data for so long. */
  readonly staleAfterMs: number;
  /** After so long without data of a channel it is subscribed to anew, and later over another connection. */
  readonly silence: SilenceBudgets;
  readonly socket: Partial<SocketTiming>;
}

export interface VenueConnectionOptions extends Pick<WebSocketClientOptions, 'locate' | 'gate' | 'agent'> {
  readonly gateway: string;
  readonly venueSocket: VenueSocket;
  /** Among the gateway's connections of this kind, from 0. */
  readonly index: number;
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

/** The part of a connection's lifetime after which another one is opened, at most and at least. */
const LIFETIME_PARTS = { most: 0.95, least: 0.9 };
/** A venue that wants to close one connection after the other gets no more of them than in case of a fault. */
const LEAST_BETWEEN_HANDOVERS_MS = 60_000;

/**
 * One of a gateway's connections to a venue: keeps it subscribed to what is wanted of it and tells what it brings. Before
 * the venue ends it, another one takes its place without a hole.
 */
export class VenueConnection {
  readonly #options: VenueConnectionOptions;
  readonly #quotes: QuoteBoard;
  readonly #silence: ChannelSilence;
  readonly #repeats = new PrintRepeats();
  #line: VenueLine;
  /** Takes the place of the line as soon as it is subscribed to all that is wanted. */
  #upcoming: VenueLine | undefined;
  /** The newest of each symbol that came over it. */
  readonly #upcomingQuotes = new Map<string, Quote>();
  /** Lines that have ended, or are about to. */
  readonly #ending = new Set<Promise<void>>();
  /** Of lines that were replaced. */
  #reconnects = 0;
  #tookOverAt = Number.NEGATIVE_INFINITY;
  #isStarted = false;
  #cancelLifetime: (() => void) | undefined;
  #wanted: ReadonlyMap<string, MarketTopic> = new Map();

  /** Throws a TypeError for a URL that is none. */
  constructor(options: VenueConnectionOptions) {
    const { clock, timing, onQuote, onChange } = options;
    this.#options = options;
    this.#quotes = new QuoteBoard({ clock, staleAfterMs: timing.staleAfterMs, publish: onQuote });
    this.#silence = new ChannelSilence({
      clock,
      budgets: timing.silence,
      renew: (channel) => this.#renewSubscriptions(channel),
      reconnect: (reason) => this.#line.reconnect(reason),
      onChange,
    });
    this.#line = this.#createLine();
  }

  get kind(): VenueSocket['kind'] {
    return this.#options.venueSocket.kind;
  }

  get wantedCount(): number {
    return this.#wanted.size;
  }

  start(): void {
    this.#isStarted = true;
    this.#line.start();
  }

  async stop(): Promise<void> {
    this.#isStarted = false;
    this.#dropUpcoming();
    this.#retire(this.#line);
    await Promise.all(this.#ending);
  }

  /** Names to topics, all of which the socket carries. What was remembered of others is forgotten. */
  setWanted(wanted: ReadonlyMap<string, MarketTopic>): void {
    for (const [name, topic] of this.#wanted) if (!wanted.has(name)) this.#forget(topic);
    this.#wanted = wanted;
    this.#line.setWanted(wanted);
    this.#upcoming?.setWanted(wanted);
    this.#watchSilence();
  }

  standing(): ConnectionStanding {
    const { state, lastFailure } = this.#line.status();
    const { isSettled } = this.#line;
    const givenUp = this.#line.givenUp();
    const standing = socketStanding(
      { state, reason: lastFailure },
      { isSettled, givenUp, silence: this.#silence.reason },
    );
    return { ...standing, kind: this.kind };
  }

  status(): GatewayConnection {
    const { lastFailure: _, reconnects, ...socket } = this.#line.status();
    const { gateway, venueSocket, index } = this.#options;
    return {
      ...socket,
      gateway,
      kind: venueSocket.kind,
      index,
      state: this.standing().state,
      reconnects: this.#reconnects + reconnects,
      subscriptions: [...this.#wanted.keys()],
      queuedRequests: null,
      droppedRequests: null,
    };
  }

  #createLine(): VenueLine {
    const { venueSocket, url, clock, random, timing, locate, gate, agent } = this.#options;
    const { onRefused, onTrouble, onUnreadable, onFault, onChange } = this.#options;
    const { acknowledgeTimeoutMs, socket } = timing;
    // A line that has been replaced has nothing to say any more, whatever still arrives on it.
    const unlessOver = (act: () => void): void => {
      if (line === this.#line || line === this.#upcoming) act();
    };
    const line = new VenueLine({
      ...{ venueSocket, url, clock, random, locate, gate, agent, acknowledgeTimeoutMs, timing: socket },
      ...{ onTrouble, onUnreadable, onFault },
      onOpen: () => unlessOver(() => this.#opened(line)),
      onClose: () => unlessOver(() => this.#closed(line)),
      onNews: (news) => unlessOver(() => this.#tell(line, news)),
      onRefused: (topic, reason) => unlessOver(() => onRefused(topic, reason)),
      onClosing: (reason) => unlessOver(() => this.#closing(line, reason)),
      onBacklog: (waitMs) => unlessOver(() => this.#renewInTime(`what is to be said would wait for ${waitMs} ms`)),
      onChange: () =>
        unlessOver(() => {
          if (line === this.#upcoming && this.#isGoodFor(line)) this.#takeOver(line);
          else onChange();
        }),
    });
    return line;
  }

  #opened(line: VenueLine): void {
    if (line !== this.#line) return;
    this.#repeats.nextConnection();
    this.#silence.restart();
    this.#watchSilence();
    this.#awaitLifetime();
  }

  /** Whether nothing that still comes would be lost with the present line. */
  #isGoodFor(upcoming: VenueLine): boolean {
    const before = this.#line.givenUp();
    return upcoming.isSettled && upcoming.givenUp().every((name) => before.includes(name));
  }

  #closed(line: VenueLine): void {
    if (line !== this.#line) {
      this.#forgetUpcoming();
      return;
    }
    this.#cancelLifetime?.();
    this.#silence.stop();
    this.#quotes.expire();
    for (const topic of this.#wanted.values()) this.#options.onInterrupted(topic);
    // It has been on its way for longer than any other that could be opened now.
    if (this.#upcoming !== undefined) this.#takeOver(this.#upcoming);
  }

  #closing(line: VenueLine, reason: string): void {
    const said = `the venue will close the connection: ${reason}`;
    if (line === this.#upcoming) line.reconnect(said);
    else this.#renewInTime(said);
  }

  #renewInTime(reason: string): void {
    const { clock } = this.#options;
    const waitMs = Math.min(LEAST_BETWEEN_HANDOVERS_MS, this.#tookOverAt + LEAST_BETWEEN_HANDOVERS_MS - clock.now());
    this.#cancelLifetime?.();
    if (waitMs <= 0) this.#renew(reason);
    else this.#cancelLifetime = clock.after(waitMs, () => this.#renew(reason));
  }

  #awaitLifetime(): void {
    const { venueSocket, clock, random } = this.#options;
    const lifetimeMs = venueSocket.limits?.lifetimeMs;
    this.#cancelLifetime?.();
    if (lifetimeMs === undefined) return;
    const { most, least } = LIFETIME_PARTS;
    const delayMs = lifetimeMs * (least + (most - least) * random());
    this.#cancelLifetime = clock.after(delayMs, () => this.#renew(`its lifetime of ${lifetimeMs} ms comes to an end`));
  }

  #renewSubscriptions(channel: MarketChannel): void {
    // Data of other channels may come all the while, which says nothing of the quotes.
    if (channel === 'ticks') this.#quotes.expire();
    this.#line.renew([...this.#wanted.values()].filter((topic) => topic.channel === channel));
  }

  /** Opens another connection that takes the place of the present one. */
  #renew(reason: string): void {
    if (this.#upcoming !== undefined || !this.#isStarted) return;
    this.#options.onTrouble(`another connection is opened: ${reason}`);
    this.#upcoming = this.#createLine();
    this.#upcoming.setWanted(this.#wanted);
    this.#upcoming.start();
  }

  #takeOver(line: VenueLine): void {
    const before = this.#line;
    this.#reconnects += before.status().reconnects + 1;
    this.#line = line;
    this.#upcoming = undefined;
    this.#tookOverAt = this.#options.clock.now();
    this.#repeats.nextConnection();
    this.#silence.restart();
    if (line.status().state === 'CONNECTED') {
      this.#watchSilence();
      this.#awaitLifetime();
    }
    this.#quotes.takeOver(this.#upcomingQuotes.values());
    this.#upcomingQuotes.clear();
    this.#retire(before);
    this.#options.onChange();
  }

  #dropUpcoming(): void {
    const line = this.#upcoming;
    if (line === undefined) return;
    this.#upcoming = undefined;
    this.#forgetUpcoming();
    this.#retire(line);
  }

  /** What the upcoming line brought is not the present state any more; its prints were told. */
  #forgetUpcoming(): void {
    this.#upcomingQuotes.clear();
    this.#repeats.dropUpcoming();
  }

  #retire(line: VenueLine): void {
    const ending = line.stop();
    this.#ending.add(ending);
    void ending.finally(() => this.#ending.delete(ending));
  }

  #watchSilence(): void {
    if (this.#line.status().state !== 'CONNECTED') return;
    this.#silence.watch(new Set([...this.#wanted.values()].map(({ channel }): MarketChannel => channel)));
  }

  #forget(topic: MarketTopic): void {
    if (topic.channel === 'ticks') this.#forgetQuote(topic.symbol);
    if (topic.channel === 'trades') this.#repeats.forget(topic.symbol);
    this.#options.onDropped(topic);
  }

  #forgetQuote(symbol: string): void {
    this.#quotes.forget(symbol);
    this.#upcomingQuotes.delete(symbol);
  }

  #tell(line: VenueLine, news: MarketNews): void {
    const isUpcoming = line !== this.#line;
    if (!isUpcoming) {
      this.#quotes.heard();
      this.#silence.heard(topicOf(news).channel);
    }
    const { gateway, onPrint, onBar } = this.#options;
    switch (news.type) {
      case 'QUOTE':
        this.#put({ ...news.quote, gateway, stale: false }, isUpcoming);
        return;
      case 'PRINT':
        if (!this.#repeats.isRepeat(news.print.symbol, news.print.tradeId, isUpcoming)) {
          onPrint({ ...news.print, gateway });
        }
        return;
      case 'BAR':
        if (!isUpcoming) onBar({ ...news.bar, gateway });
    }
  }

  /** Of two connections the older one counts until it is replaced: quotes must not go back and forth. */
  #put(quote: Quote, isUpcoming: boolean): void {
    if (isUpcoming) this.#upcomingQuotes.set(quote.symbol, quote);
    else this.#quotes.put(quote);
  }
}
