import { type Day, parseDay } from '../../domain/day.ts';
import { CodedError, quoted } from '../../domain/errors.ts';
import { numberOf } from '../figure.ts';

/** One row of a CSV file, its cells by the names of the header. */
export interface CsvRow {
  /** The text of a column; '' when the file has no such column. */
  text(column: string): string;
  /** A strict YYYY-MM-DD. */
  day(column: string): Day;
  /** NaN for a cell that is empty, `NaN` or `null`, and for a column that is not there. */
  figure(column: string): number;
  /** A DATA_INVALID error that names the file and the line. */
  invalid(received: string, wanted: string): CodedError;
}

/** What a CSV text has to look like. */
export interface CsvShape {
  /** The file's name, for errors. */
  readonly where: string;
  /** Columns that must be there; any others are read by name or not at all. */
  readonly required: readonly string[];
}

const MISSING = /^(?:|nan|null)$/i;

/**
 * The rows of a CSV text, one at a time. The header decides which column is which, by name and without regard to
 * case; a byte order mark, CRLF, blank lines, blanks around cells and quoted cells (RFC 4180, within a line) are
 * accepted. Fails with DATA_INVALID for anything else.
 */
export function* csvRows(text: string, { where, required }: CsvShape): Generator<CsvRow> {
  let columns: ReadonlyMap<string, number> | undefined;
  for (const { line, content } of linesOf(text.startsWith('\uFEFF') ? text.slice(1) : text)) {
    const place = `${where} line ${line}`;
    const cells = cellsOf(content, place);
    if (columns === undefined) {
      columns = parseHeader(cells, { place, required });
      continue;
    }
    if (cells.length !== columns.size) {
      throw invalid(place, `${cells.length} cells`, `${columns.size} as in the header`);
    }
    yield rowOf(cells, columns, place);
  }
  if (columns === undefined) throw invalid(where, 'no line', `a header with ${required.join(', ')}`);
}

function* linesOf(text: string): Generator<{ line: number; content: string }> {
  let line = 0;
  let from = 0;
  while (from < text.length) {
    line += 1;
    const end = text.indexOf('\n', from);
    const content = text.slice(from, end === -1 ? text.length : end).trim();
    from = end === -1 ? text.length : end + 1;
    if (content !== '') yield { line, content };
  }
}

function parseHeader(cells: readonly string[], { place, required }: { place: string; required: readonly string[] }) {
  const columns = new Map(cells.map((name, index) => [name.toLowerCase(), index] as const));
  const wanted = `distinct columns, among them ${required.join(', ')}`;
  const missing = required.find((name) => !columns.has(name));
  // Repeats nothing of a line that may be of any file, where somebody has linked to one.
  if (missing !== undefined) throw invalid(place, `a header without ${missing}`, wanted);
  if (columns.size < cells.length) throw invalid(place, 'a header with a column twice', wanted);
  return columns;
}

function cellsOf(content: string, place: string): string[] {
  if (!content.includes('"')) return content.split(',').map((cell) => cell.trim());
  const cells: string[] = [];
  const cell = /\s*(?:"((?:[^"]|"")*)"\s*|([^",]*))(,|$)/y;
  for (;;) {
    const match = cell.exec(content);
    if (match === null) throw invalid(place, 'quotes elsewhere', 'quotes that open and close around a cell');
    cells.push(match[1]?.replaceAll('""', '"') ?? match[2]?.trim() ?? '');
    if (match[3] === '') return cells;
  }
}

function rowOf(cells: readonly string[], columns: ReadonlyMap<string, number>, place: string): CsvRow {
  const text = (column: string): string => cells[columns.get(column) ?? -1] ?? '';
  return {
    text,
    day(column) {
      const day = parseDay(text(column));
      if (day === undefined) throw invalid(place, `the ${column} ${quoted(text(column))}`, 'a day as YYYY-MM-DD');
      return day;
    },
    figure(column) {
      const cell = text(column);
      if (MISSING.test(cell)) return Number.NaN;
      const value = numberOf(cell);
      if (!Number.isFinite(value)) throw invalid(place, `the ${column} ${quoted(cell)}`, 'a number');
      return value;
    },
    invalid: (received, wanted) => invalid(place, received, wanted),
  };
}

function invalid(place: string, received: string, wanted: string): CodedError {
  return new CodedError('DATA_INVALID', `${place}: received ${received}, wanted ${wanted}`);
}
