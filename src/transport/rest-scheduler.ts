import type { Clock } from '../async/clock.ts';
import { ClockOffset, type TimeSample } from './clock-offset.ts';
import { requestStatus, requestText } from './request-text.ts';
import { type AttemptReport, RestAttempts } from './rest-attempts.ts';
import type { BanRecord } from './rest-bans.ts';
import { createRestClient, type RestClient, type RestClientOptions, type RestStatus } from './rest-client.ts';
import type { RestMethod, RestRequest, RestResponse } from './rest-exchange.ts';
import { RestLearning } from './rest-learning.ts';
import { RestQueue, type RestQueueOptions, type RestQueueStatus, type StopOptions } from './rest-queue.ts';
import type { RestPriority, RestRules, RestTreatment } from './rest-rules.ts';
import type { RestShare } from './rest-share.ts';
import { createSecretMask, type SecretMask } from './secret-mask.ts';

const DEFAULT_MOST_REPEATS = 3;
const DEFAULT_DEADLINE_MS = 60_000;

export interface RestSchedulerOptions
  extends Pick<RestClientOptions, 'url' | 'timeoutMs' | 'maxBytes' | 'proxy' | 'ca'>,
    Pick<RestQueueOptions, 'mostQueued' | 'mostUnderWay' | 'onDropped'> {
  readonly clock: Clock;
  /** Numbers from 0 to below 1. */
  readonly random: () => number;
  readonly rules: RestRules;
  /** Whose requests these are, where a venue limits them by account. */
  readonly account?: string | undefined;
  /** Shared with the others who ask this venue. */
  readonly share: RestShare;
  /** What no log and no status may show. */
  readonly secrets: readonly string[];
  /** Why nothing of a priority may be sent now; undefined: it may. `gateChanged` says when it is to be asked again. */
  readonly gate?: ((priority: RestPriority) => string | undefined) | undefined;
  /** How often a request may be sent again; 3 unless given. */
  readonly mostRepeats?: number | undefined;
  /** For the log. The text is the whole request without secrets, null when it was answered with 2xx. */
  readonly onAttempt?: ((attempt: AttemptReport, text: string | null) => void) | undefined;
  /** The venue's clock and ours differ by more than half a second. */
  readonly onClockAlarm?: ((reason: string) => void) | undefined;
  /** A ban began or ended, or what is said of the clock changed. */
  readonly onChange?: (() => void) | undefined;
}

/** A request that is sent when it is its turn. */
export interface ScheduledRequest extends RestTreatment {
  readonly method: RestMethod;
  /** For the log. */
  readonly target: string;
  /** What is sent. Called for each attempt, with milliseconds since the epoch by the venue's clock. */
  compose(venueNow: number): RestRequest;
  /** Whether it waits while the gate is closed instead of being refused. */
  readonly hold?: boolean | undefined;
  /** How often it may be sent again; as the client has it unless given. */
  readonly mostRepeats?: number | undefined;
  /** Until then it must have been sent, in milliseconds since the epoch by our clock; 60 s from now unless given. */
  readonly deadlineAt?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface RestSchedulerStatus extends RestStatus, RestQueueStatus {
  /** The ban that lasts. */
  readonly ban: BanRecord | undefined;
  /** Why the clock should be looked at. */
  readonly clockAlarm: string | null;
  /** Milliseconds that the venue's clock is ahead of ours; 0 before it was measured. */
  readonly clockOffsetMs: number;
}

/** The requests of one client to one venue: queued by priority, limited, signed for each attempt, repeated if harmless. */
export class RestScheduler {
  readonly #options: RestSchedulerOptions;
  readonly #client: RestClient;
  readonly #queue: RestQueue;
  readonly #learning: RestLearning;
  readonly #clockOffset: ClockOffset;
  readonly #mask: SecretMask;
  readonly #unlisten: () => void;

  /** Throws a TypeError for a URL that is none, the proxy's included. */
  constructor(options: RestSchedulerOptions) {
    const { url, clock, rules, account, share, secrets, timeoutMs, maxBytes, proxy, ca } = options;
    const { mostQueued, mostUnderWay, onDropped } = options;
    this.#options = options;
    this.#mask = createSecretMask(secrets);
    this.#client = createRestClient({ url, clock, timeoutMs, maxBytes, proxy, ca, mask: this.#mask.text });
    const toVenueTime = (at: number): number => this.toVenueTime(at);
    this.#learning = new RestLearning({ address: addressOf(options), account, clock, rules, share, toVenueTime });
    const gate = (priority: RestPriority): string | undefined =>
      this.#learning.ban === undefined ? options.gate?.(priority) : banText(this.#learning.ban);
    this.#queue = new RestQueue({ clock, gate, mostQueued, mostUnderWay, onDropped });
    this.#clockOffset = new ClockOffset({
      clock,
      sample: () => this.#askForTime(),
      onAlarm: (reason) => options.onClockAlarm?.(reason),
      onMeasured: () => options.onChange?.(),
    });
    this.#unlisten = share.bans.onChange(() => {
      this.#queue.gateChanged();
      options.onChange?.();
    });
  }

  /** Keeps the venue's clock measured from now on. */
  start(): void {
    if (this.#options.rules.serverTime !== undefined) this.#clockOffset.start();
  }

  /** Ends what `start` began. */
  pause(): void {
    this.#clockOffset.stop();
  }

  /**
   * The answer, whatever its status; of several attempts that of the last. Rejects with a RestFailure when there is none,
   * and with a RestRefusal, which is one, when it was given up here.
   */
  async send(request: ScheduledRequest): Promise<RestResponse> {
    const { clock, random } = this.#options;
    const { priority = 'ACCOUNT', weight = 1, hold = false, signal } = request;
    const { mostRepeats = this.#options.mostRepeats ?? DEFAULT_MOST_REPEATS } = request;
    const { deadlineAt = clock.now() + DEFAULT_DEADLINE_MS } = request;
    const pool = this.#learning.poolOf(request.pool);
    const attempts = new RestAttempts(request, {
      ...{ client: this.#client, random, mostRepeats, deadlineAt, signal, now: () => clock.now() },
      compose: () => request.compose(this.toVenueTime(clock.now())),
      learn: (response) => this.#learning.learn(response, request.pool),
      report: (attempt, sent, response) => this.#report(attempt, sent, response),
    });
    this.#queue.add({
      ...{ priority, pool, weight, hold, deadlineAt, signal },
      attempt: (ending) => attempts.attempt(ending),
      refuse: (refusal) => attempts.refuse(refusal),
    });
    return attempts.answer;
  }

  /** An instant of our clock by the venue's. */
  toVenueTime(at: number): number {
    return at + this.#clockOffset.offsetMs;
  }

  /** Measures the venue's clock anew; resolves when that is done, or cannot be. */
  async measureClock(): Promise<void> {
    if (this.#options.rules.serverTime !== undefined) await this.#clockOffset.measure();
  }

  /** The gate may have opened or closed. */
  gateChanged(): void {
    this.#queue.gateChanged();
  }

  status(): RestSchedulerStatus {
    const { alarm: clockAlarm, offsetMs: clockOffsetMs } = this.#clockOffset;
    return {
      ...this.#client.status(),
      ...this.#queue.status(),
      ...{ ban: this.#learning.ban, clockAlarm, clockOffsetMs },
    };
  }

  /** Takes nothing more, for good; resolves when everything is settled and all connections are gone. */
  async stop(options: StopOptions): Promise<void> {
    this.#clockOffset.stop();
    await this.#queue.stop(options);
    this.#unlisten();
    await this.#client.close();
  }

  async #askForTime(): Promise<TimeSample | undefined> {
    const { clock, rules } = this.#options;
    const { serverTime } = rules;
    if (serverTime === undefined) return undefined;
    const { target } = serverTime;
    let sentAt = 0;
    const compose = (): RestRequest => {
      sentAt = clock.now();
      return { method: 'GET', target, headers: {}, body: '' };
    };
    try {
      const response = await this.send({ method: 'GET', target, isIdempotent: false, compose });
      const read = serverTime.read(response);
      return read === undefined ? undefined : { sentAt, receivedAt: clock.now(), serverTime: read };
    } catch {
      // What went wrong is in the status and in the log.
      return undefined;
    }
  }

  #report(attempt: AttemptReport, sent: RestRequest, response: RestResponse | undefined): void {
    const isFine = requestStatus(attempt) === 'success';
    this.#options.onAttempt?.(attempt, isFine ? null : requestText({ attempt, sent, response }, this.#mask));
  }
}

/** For people: until when nothing is sent, and why. */
export function banText({ until, reason }: BanRecord): string {
  return `the venue answers nobody here until ${new Date(until).toISOString()}: ${reason}`;
}

/** A venue counts and bans the address from which it is asked, which is the proxy's if there is one. */
function addressOf({ url, proxy }: Pick<RestSchedulerOptions, 'url' | 'proxy'>): string {
  const { origin } = new URL(url);
  return proxy === undefined ? origin : `${origin} through ${new URL(proxy).host}`;
}
