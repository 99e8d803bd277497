import type { Document } from 'mongodb';
import { SingleFlight } from '../../async/single-flight.ts';
import type { AccountSource } from '../../domain/account.ts';
import type { DataIssue, DataReport } from '../../domain/data-faults.ts';
import { QifiNotes } from '../../domain/qifi-notes.ts';
import { QifiRecord } from '../../domain/qifi-record.ts';
import { describeValue, idText, isDocument } from '../../domain/qifi-values.ts';
import { inCodeUnits } from '../../domain/text-order.ts';
import type { AccountListing } from '../accounts.ts';
import type { LatestStates } from './latest-states.ts';
import type { MongoDeployment } from './mongo-deployment.ts';
import { ACCOUNT, collectionOf, DAY_COLLECTIONS, type QifiCollection } from './qifi-collections.ts';
import { LIGHT_STATE_FIELDS } from './stored-rows.ts';

const LISTING_FIELDS: Document = { ...LIGHT_STATE_FIELDS, portfolio: 1 };
const MOST_ISSUES = 1000;

/** A list that is younger is answered again: pages of one list are asked for in a row, and it is long in the making. */
const FRESH_MS = 2000;

export interface AccountListingsOptions {
  readonly deployment: MongoDeployment;
  readonly latest: LatestStates;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

interface Listed {
  readonly listings: readonly AccountListing[];
  /** Documents that are of no account that could be named. */
  readonly issues: readonly DataIssue[];
  readonly at: number;
}

/** The accounts of a deployment, each with the portfolio of its latest state, ascending by name. */
export class AccountListings {
  readonly #deployment: MongoDeployment;
  readonly #latest: LatestStates;
  readonly #now: () => number;
  readonly #flights = new SingleFlight<Listed>();
  readonly #listed = new Map<AccountSource, Listed>();

  constructor({ deployment, latest, now }: AccountListingsOptions) {
    this.#deployment = deployment;
    this.#latest = latest;
    this.#now = now;
  }

  /** Two seconds old at most. Fails with UPSTREAM_UNAVAILABLE. */
  async read(source: AccountSource, report: DataReport | undefined): Promise<readonly AccountListing[]> {
    const { listings, issues } = await this.#fresh(source);
    if (report !== undefined) for (const issue of issues) report(issue);
    return listings;
  }

  /** What was listed before is not answered any more. */
  forget(): void {
    this.#flights.forgetAll();
    this.#listed.clear();
  }

  async #fresh(source: AccountSource): Promise<Listed> {
    const before = this.#listed.get(source);
    if (before !== undefined && Math.abs(this.#now() - before.at) < FRESH_MS) return before;
    const flight = this.#flights.run(source, async ({ isCurrent }) => {
      const listed = await this.#list(source, this.#now());
      if (isCurrent()) this.#listed.set(source, listed);
      return listed;
    });
    return flight.result;
  }

  async #list(source: AccountSource, at: number): Promise<Listed> {
    const collections = source === 'REALTIME' ? [ACCOUNT] : DAY_COLLECTIONS.HISTORY;
    const found = await Promise.all(collections.map((from) => this.#namesIn(from)));
    const issues = found.flatMap((each) => each.issues);
    const names = [...new Set(found.flatMap((each) => each.names))];
    const report: DataReport = (issue) => issues.push(issue);
    const latest = await this.#latest.find({ source, names, projection: LISTING_FIELDS, report });
    const listings = [...latest]
      .map(([accountCookie, { document }]) => ({ source, accountCookie, portfolio: portfolioOf(document) }))
      .sort((one, other) => inCodeUnits(one.accountCookie, other.accountCookie));
    return { listings, issues: issues.slice(0, MOST_ISSUES), at };
  }

  async #namesIn(from: QifiCollection): Promise<{ names: string[]; issues: DataIssue[] }> {
    const { names: databases } = this.#deployment;
    return this.#deployment.read(async (client) => {
      const collection = collectionOf(client, this.#deployment, from);
      const values: unknown[] = await collection.distinct('account_cookie');
      const unnamed = await collection
        .find(notNamed(values), { projection: { account_cookie: 1 }, limit: MOST_ISSUES })
        .toArray();
      const collectionName = `${databases[from.database]}.${from.name}`;
      const issues = unnamed.map(({ _id, account_cookie: said }) => ({
        origin: { collection: collectionName, documentId: idText(_id) },
        message: `left out, account_cookie: received ${describeValue(said)}, wanted a name`,
      }));
      return { names: values.filter((value) => typeof value === 'string'), issues };
    });
  }
}

/**
 * Documents whose account is none of the values that are text. An index answers it, as it would not answer what is no
 * text; an array counts with its items, whose documents are told when their states are looked for.
 */
function notNamed(values: readonly unknown[]): Document {
  const plain = values.filter(
    (value) => ['number', 'bigint', 'boolean'].includes(typeof value) || value instanceof Date,
  );
  const none = { account_cookie: { $in: [null, ...plain] } };
  return values.some(isDocument) ? { $or: [none, { account_cookie: { $type: 'object' } }] } : none;
}

/** As every reader of a state reads it. */
function portfolioOf(document: Document): string | null {
  return new QifiRecord(document, '', new QifiNotes()).name('portfolio');
}
