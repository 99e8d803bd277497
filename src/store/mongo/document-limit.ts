import type { AccountDocument } from '../../domain/account-document.ts';
import { encodeQifi } from '../../domain/qifi-encoding.ts';

/** Of one stored document: the limit of every deployment, https://www.mongodb.com/docs/manual/reference/limits/. */
const MOST_BYTES = 16 * 2 ** 20;

/** Answers a function that says why a document cannot be stored; undefined when it can. */
export async function createDocumentLimit(): Promise<(document: AccountDocument) => string | undefined> {
  const { BSON } = await import('mongodb');
  const isTooLarge = (document: AccountDocument): boolean => {
    try {
      return BSON.serialize({ ...encodeQifi(document) }, { ignoreUndefined: true }).length > MOST_BYTES;
    } catch (error) {
      // The driver has room for little more than may be stored.
      if (error instanceof RangeError) return true;
      throw error;
    }
  };
  return (document) => (isTooLarge(document) ? 'it is larger than the 16 MB that MongoDB takes' : undefined);
}
