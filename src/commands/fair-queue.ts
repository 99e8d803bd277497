export interface FairQueueOptions {
  /** Tasks that run at once. */
  readonly total: number;
  /** Tasks of one owner that run at once. */
  readonly perOwner: number;
  /** Tasks that may wait. */
  readonly mostWaiting: number;
}

/** A task's place in the queue. */
export interface Place {
  /** Gives it up; false when the task's turn has come already. */
  leave(): boolean;
}

type Task = () => Promise<void>;

/** Runs a bounded number of tasks at once. Those who wait take turns by owner, each owner's tasks in their order. */
export class FairQueue {
  readonly #options: FairQueueOptions;
  /** Owners with waiting tasks, whose turn it is first. */
  readonly #waiting = new Map<string, Task[]>();
  readonly #running = new Map<string, number>();
  #waitingCount = 0;
  #runningCount = 0;

  constructor(options: FairQueueOptions) {
    this.#options = options;
  }

  /** Starts the task now or in its turn; it must not reject. Undefined when too many wait: nothing was done. */
  enter(owner: string, task: Task): Place | undefined {
    if (this.#mayRun(owner)) {
      this.#start(owner, task);
      return { leave: () => false };
    }
    if (this.#waitingCount >= this.#options.mostWaiting) return undefined;
    this.#waitingCount++;
    const tasks = this.#waiting.get(owner) ?? [];
    tasks.push(task);
    this.#waiting.set(owner, tasks);
    return { leave: () => this.#remove(owner, task) };
  }

  #mayRun(owner: string): boolean {
    const { total, perOwner } = this.#options;
    return this.#runningCount < total && (this.#running.get(owner) ?? 0) < perOwner;
  }

  #start(owner: string, task: Task): void {
    this.#runningCount++;
    this.#running.set(owner, (this.#running.get(owner) ?? 0) + 1);
    void task().finally(() => {
      this.#runningCount--;
      const left = (this.#running.get(owner) ?? 1) - 1;
      if (left > 0) this.#running.set(owner, left);
      else this.#running.delete(owner);
      this.#startNext();
    });
  }

  #startNext(): void {
    for (const [owner, tasks] of this.#waiting) {
      const [task] = tasks;
      if (task === undefined || !this.#mayRun(owner)) continue;
      this.#remove(owner, task);
      const rest = this.#waiting.get(owner);
      if (rest !== undefined) {
        // Behind all others: it was this owner's turn.
        this.#waiting.delete(owner);
        this.#waiting.set(owner, rest);
      }
      this.#start(owner, task);
      return;
    }
  }

  #remove(owner: string, task: Task): boolean {
    const tasks = this.#waiting.get(owner) ?? [];
    const index = tasks.indexOf(task);
    if (index < 0) return false;
    tasks.splice(index, 1);
    if (tasks.length === 0) this.#waiting.delete(owner);
    this.#waitingCount--;
    return true;
  }
}
