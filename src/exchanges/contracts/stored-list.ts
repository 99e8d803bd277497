import type { ContractRecords, RecordedContracts } from './contract-records.ts';

/** The stored list of one gateway, read once and then at hand. */
export class StoredList {
  readonly #records: ContractRecords;
  #recorded: RecordedContracts | undefined;
  #isRead = false;
  #reading: Promise<RecordedContracts | undefined> | undefined;

  constructor(records: ContractRecords) {
    this.#records = records;
  }

  /** What is known of it without reading. */
  get known(): RecordedContracts | undefined {
    return this.#recorded;
  }

  /** Undefined: none was stored yet. Fails as the records do. */
  async read(): Promise<RecordedContracts | undefined> {
    if (this.#isRead) return this.#recorded;
    this.#reading ??= this.#records.read().finally(() => {
      this.#reading = undefined;
    });
    const recorded = await this.#reading;
    if (!this.#isRead) this.#recorded = recorded;
    this.#isRead = true;
    return this.#recorded;
  }

  /** After `read`. Fails as the records do; the list stays as it was then. */
  async replace(recorded: RecordedContracts): Promise<void> {
    await this.#records.write(recorded);
    this.#recorded = recorded;
  }
}
