/** Figures of rows, one for each, 1 and 0 for true and false. In a Float64Array NaN stands for null. */
export type Figures = Int32Array | Float64Array;

export interface RowSliceOptions<Row> {
  /** What the rows are cut from. Never changed, only replaced: what is made of it is kept as long as it lives. */
  readonly series: object;
  /** All columns of the series, of one length, by the property of the row that they are. */
  readonly columns: Readonly<Record<string, Figures>>;
  /** The rows from `from` on, up to and without `to`. */
  readonly from: number;
  readonly to: number;
  /** The row at an index of the columns. */
  readonly rowAt: (index: number) => Row;
}

/** Consecutive rows of columns. Row objects are made only for those who iterate. */
export class RowSlice<Row> implements Iterable<Row> {
  readonly #options: RowSliceOptions<Row>;

  constructor(options: RowSliceOptions<Row>) {
    this.#options = options;
  }

  get series(): object {
    return this.#options.series;
  }

  get from(): number {
    return this.#options.from;
  }

  get to(): number {
    return this.#options.to;
  }

  get length(): number {
    return this.to - this.from;
  }

  /** All figures of a column of the series, those outside of the slice included; undefined when there is none. */
  column(name: string): Figures | undefined {
    const { columns } = this.#options;
    return Object.hasOwn(columns, name) ? columns[name] : undefined;
  }

  *[Symbol.iterator](): Generator<Row, void, undefined> {
    const { from, to, rowAt } = this.#options;
    for (let index = from; index < to; index++) yield rowAt(index);
  }
}
