import type { ExecutionResult, GraphQLResolveInfo } from 'graphql';
import type { AnswerPiece } from './answer-piece.ts';
import type { AnswerWriter } from './answer-writer.ts';
import type { PacedRows, WrittenPieces } from './paced-rows.ts';
import { isRows } from './row-lanes.ts';
import type { RowPlanner } from './row-plan.ts';

/** The rows of one series field, written when it was resolved. */
interface Splice {
  readonly path: GraphQLResolveInfo['path'];
  readonly rows: readonly AnswerPiece[];
}

interface Splices {
  readonly all: Splice[];
  bytes: number;
}

export interface SeriesField {
  readonly context: unknown;
  readonly info: GraphQLResolveInfo;
  readonly planner: RowPlanner;
}

/** What one operation may hold of rows that are written; further lists go the ordinary way. */
const MAX_BYTES_OF_OPERATION = 256 * 1024 * 1024;

/**
 * Answers series fields without running the executor over each leaf: when the selection is plain, the executor gets an
 * empty list, and the rows, which are JSON by then, come into the result at its path. Operations are known by their
 * context value; those that are not opened go the ordinary way.
 */
export class SeriesSplices {
  readonly #writer: AnswerWriter;
  readonly #rows: PacedRows;
  readonly #open = new WeakMap<object, Splices>();

  constructor(writer: AnswerWriter, rows: PacedRows) {
    this.#writer = writer;
    this.#rows = rows;
  }

  open(context: unknown): void {
    if (isObject(context)) this.#open.set(context, { all: [], bytes: 0 });
  }

  /**
   * Puts the rows of an operation that was opened into its data, wherever there is still a place for them. Whether there
   * was one.
   */
  close(context: unknown, data: ExecutionResult['data']): boolean {
    const splices = isObject(context) ? this.#open.get(context)?.all : undefined;
    if (splices === undefined || !isObject(context)) return false;
    this.#open.delete(context);
    const placed = splices.filter(({ path, rows }) => {
      const parent = path.prev === undefined ? data : valueAt(data, path.prev);
      const isPlace = isObject(parent) && Array.isArray(Reflect.get(parent, path.key));
      return isPlace && Reflect.set(parent, path.key, this.#writer.list(rows));
    });
    return placed.length > 0;
  }

  /**
   * Writes the rows of a series field and notes where they belong. False when it has to be answered the ordinary way. A
   * promise only when there is more to write than one turn of the event loop should do.
   */
  write(list: unknown, { context, info, planner }: SeriesField): boolean | Promise<boolean> {
    const splices = isObject(context) ? this.#open.get(context) : undefined;
    if (splices === undefined || !isRows(list) || splices.bytes > MAX_BYTES_OF_OPERATION) return false;
    const plan = planner.plan(info);
    if (plan === undefined) return false;
    const note = (rows: WrittenPieces): boolean => {
      if (rows === undefined) return false;
      splices.bytes += rows.reduce((sum, { bytes }) => sum + bytes.length, 0);
      splices.all.push({ path: info.path, rows });
      return true;
    };
    const rows = this.#rows.write(list, plan, MAX_BYTES_OF_OPERATION - splices.bytes);
    return rows instanceof Promise ? rows.then(note) : note(rows);
  }
}

/** What stands at a path in the data; undefined when an error on the way made it null. */
function valueAt(data: unknown, path: GraphQLResolveInfo['path']): unknown {
  const parent = path.prev === undefined ? data : valueAt(data, path.prev);
  return isObject(parent) ? Reflect.get(parent, path.key) : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
