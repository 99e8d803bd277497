/** A store that a suite may use, empty at first. */
export interface OpenedStore<Store> extends AsyncDisposable {
  readonly store: Store;
  /** Closes it, and opens what it left behind. */
  reopen(): Promise<Store>;
}
