import type { Document } from 'mongodb';
import type { TurnShare } from '../../async/turn-share.ts';
import { assertWanted } from '../account-reading.ts';

/** The part of a cursor of the driver that is read from. */
export interface ReadableCursor {
  hasNext(): Promise<boolean>;
  readBufferedDocuments(count: number): Document[];
  close(): Promise<void>;
}

export interface Pacing {
  readonly turns: TurnShare;
  /** Aborts when nobody waits for the documents any more. */
  readonly signal?: AbortSignal | undefined;
}

const TURN_MS = 4;
/** Documents are decoded when they are taken out of a batch; a single one may have 16 MB, or a hundred bytes. */
const MOST_TAKEN_AT_ONCE = 64;

/**
 * Visits all documents of a cursor in parts, a few milliseconds in each turn of the event loop, and closes it. Fails
 * with OVERLOADED when the signal aborts, before the next part.
 */
export async function visitDocuments(
  cursor: ReadableCursor,
  visit: (document: Document) => void,
  { turns, signal }: Pacing,
): Promise<void> {
  try {
    while (await cursor.hasNext()) {
      do {
        await turns.take(1);
        assertWanted(signal);
      } while (visitPart(cursor, visit));
    }
  } finally {
    await cursor.close();
  }
}

/** Whether more may be left in the batch. Takes few documents at first, which may be large, and more while it is quick. */
function visitPart(cursor: ReadableCursor, visit: (document: Document) => void): boolean {
  const turnEnds = performance.now() + TURN_MS;
  for (let count = 1; ; count = Math.min(2 * count, MOST_TAKEN_AT_ONCE)) {
    const documents = cursor.readBufferedDocuments(count);
    for (const document of documents) visit(document);
    if (documents.length < count) return false;
    if (performance.now() >= turnEnds) return true;
  }
}

/** What `map` makes of the items, some in each turn of the event loop. */
export async function mapInTurns<Item, Made>(
  items: readonly Item[],
  map: (item: Item) => Made,
  turns: TurnShare,
): Promise<Made[]> {
  const made: Made[] = [];
  let turnEnds = -Infinity;
  for (const item of items) {
    if (performance.now() >= turnEnds) {
      await turns.take(1);
      turnEnds = performance.now() + TURN_MS;
    }
    made.push(map(item));
  }
  return made;
}
