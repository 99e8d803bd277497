import { ofExisting } from './collection-facts.ts';
import { DocumentTally, TALLIED_FIELDS } from './document-tally.ts';
import type { MongoDeployment } from './mongo-deployment.ts';
import { visitDocuments } from './paced-documents.ts';
import type { QifiCollection } from './qifi-collections.ts';

const READ_WITHIN_MS = 5000;

/**
 * Counts what is unusual about the newest documents of a collection; undefined when there is none. Fails with
 * UPSTREAM_UNAVAILABLE.
 */
export async function sampleDocuments(
  deployment: MongoDeployment,
  { from, most }: { readonly from: QifiCollection; readonly most: number },
): Promise<DocumentTally | undefined> {
  const options = { projection: TALLIED_FIELDS, limit: most, maxTimeMS: READ_WITHIN_MS, signal: deployment.closing };
  return ofExisting(deployment, from, async (collection) => {
    const tally = new DocumentTally(from);
    // In the order of an index that every collection has.
    const newestFirst = collection.find({}, options).sort({ _id: -1 });
    await visitDocuments(newestFirst, (document) => tally.add(document), deployment);
    return tally;
  });
}
