import { sampleDocuments } from '../../store/mongo/document-sample.ts';
import type { DayForm, DocumentTally, Tallied } from '../../store/mongo/document-tally.ts';
import type { MongoDeployment } from '../../store/mongo/mongo-deployment.ts';
import { ACCOUNT, MARKS, type QifiCollection } from '../../store/mongo/qifi-collections.ts';
import { type Finding, note, ok } from './finding.ts';

/** Of each collection. */
const SAMPLED = 2000;

/** What is unusual about the newest documents of a collection; nothing when it has none. */
export async function checkDocuments(deployment: MongoDeployment, from: QifiCollection): Promise<Finding[]> {
  const tally = await sampleDocuments(deployment, { from, most: SAMPLED });
  if (tally === undefined || tally.documents === 0) return [];
  const sample = tally.documents < SAMPLED ? `all ${tally.documents}` : `a sample, the newest ${SAMPLED}`;
  const place = `${deployment.names[from.database]}.${from.name} (${sample})`;
  const unusual = ISSUES.flatMap(({ of, text }) => describeIssue(of(tally), text(from)));
  return [
    ok(`${place}: ${field(from)} ${describeForms(tally.forms)}`),
    ...unusual.map((each) => note(`${place}: ${each}`)),
  ];
}

interface Issue {
  readonly of: (tally: DocumentTally) => Tallied;
  /** What there are so many of, and what becomes of them. */
  readonly text: (from: QifiCollection) => string;
}

const ISSUES: readonly Issue[] = [
  { of: ({ unnamed }) => unnamed, text: () => 'without a usable account_cookie, and left out' },
  { of: ({ undated }) => undated, text: (from) => `without a usable ${field(from)}, and left out of series` },
  { of: ({ withoutAccounts }) => withoutAccounts, text: () => 'without accounts, and left out' },
  {
    of: ({ withoutBalance }) => withoutBalance,
    text: () => 'with a balance that is no number, and left out of series',
  },
  {
    of: ({ repeated }) => repeated,
    text: (from) =>
      from === ACCOUNT
        ? 'accounts of several documents, of which the latest counts'
        : 'days of several documents, of which the one of the latest updatetime counts',
  },
];

function describeIssue({ count, examples }: Tallied, text: string): string[] {
  if (count === 0) return [];
  return [`${text}: ${count} (${examples.join(', ')}${count > examples.length ? ', …' : ''})`];
}

function describeForms(forms: ReadonlyMap<DayForm, number>): string {
  return [...forms].map(([form, count]) => `${form} ${count}`).join(', ');
}

function field(from: QifiCollection): string {
  return from === MARKS ? 'updatetime' : 'trading_day';
}
