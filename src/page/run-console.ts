/// <reference lib="dom" />
import { make, setText } from './markup.ts';
import type { Desk, DeskFacts, Operation, Panel } from './panel.ts';
import {
  CANCEL_RUN,
  type CancelledData,
  type OutputData,
  RUN_BACKTEST,
  RUN_COMMAND,
  RUN_OUTPUT,
  RUN_STATUS,
  type StartedData,
  type StatusData,
} from './run-operations.ts';
import { RunOutput } from './run-output.ts';

type PageCommand = DeskFacts['commands'][number];

const CANCELLABLE = ['QUEUED', 'STARTING', 'RUNNING'];

/** Starts commands and shows what the newest run prints. */
export function createRunConsole({ commands }: DeskFacts): Panel {
  let operation = (): Operation => startOperation(commands[0] ?? { name: '' });
  return {
    title: 'Runs',
    operation: () => operation(),
    mount: (body, desk) => {
      if (commands.length === 0) {
        body.append(
          make('p', { class: 'quiet-text' }, 'No command is registered that can be started without arguments.'),
        );
        return;
      }
      const view = new RunView(body, desk, commands);
      operation = () => view.operation;
    },
  };
}

class RunView {
  readonly #desk: Desk;
  readonly #buttons: readonly HTMLButtonElement[];
  readonly #name = make('strong', {}, 'No run yet');
  readonly #state = make('span', { id: 'run-state', role: 'status' });
  readonly #progress = make('progress', {
    id: 'progress',
    max: '1',
    value: '0',
    hidden: true,
    'aria-label': 'Progress of the run',
  });
  readonly #step = make('span', { class: 'quiet-text' });
  readonly #cancel = make('button', { type: 'button', class: 'quiet run-cancel', hidden: true }, 'Cancel');
  readonly #output = new RunOutput();
  #operation: Operation;
  #runId: string | undefined;
  #stopFollowing: readonly (() => void)[] = [];

  constructor(body: HTMLElement, desk: Desk, commands: readonly PageCommand[]) {
    this.#desk = desk;
    this.#operation = startOperation(commands[0] ?? { name: '' });
    this.#buttons = commands.map((command) => {
      const button = make('button', { type: 'button' }, `Run ${command.name}`);
      button.addEventListener('click', () => void this.#start(command));
      return button;
    });
    this.#cancel.addEventListener('click', () => void this.#cancelRun());
    const list = make('ul', { class: 'command-list' }, ...this.#buttons.map((button) => make('li', {}, button)));
    const status = [this.#name, this.#state, this.#progress, this.#step, this.#cancel];
    const run = make('div', {}, make('div', { class: 'run-status' }, ...status), this.#output.element);
    body.append(make('div', { class: 'run-grid' }, list, run));
  }

  get operation(): Operation {
    return this.#operation;
  }

  async #start(command: PageCommand): Promise<void> {
    this.#enable(false);
    setText(this.#state, 'starting');
    try {
      const { started } = await this.#desk.ask<StartedData>(startOperation(command));
      if (started?.id === undefined) this.#refuse(command, started?.message ?? 'the server did not say why not');
      else this.#follow(command, started.id);
    } catch (error) {
      this.#refuse(command, messageOf(error));
    } finally {
      this.#enable(true);
    }
  }

  #refuse({ name }: PageCommand, reason: string): void {
    setText(this.#state, `${name} was not started: ${reason}`);
  }

  #follow({ name }: PageCommand, runId: string): void {
    for (const stop of this.#stopFollowing) stop();
    this.#runId = runId;
    this.#operation = { query: RUN_OUTPUT, variables: { runId } };
    setText(this.#name, name);
    setText(this.#step, '');
    this.#progress.value = 0;
    this.#progress.hidden = false;
    this.#output.clear();
    let after: string | undefined;
    this.#stopFollowing = [
      this.#desk.follow<OutputData>({
        query: RUN_OUTPUT,
        variables: () => ({ runId, after }),
        onData: ({ commandOutput }) => {
          if (commandOutput.__typename !== 'StreamGap') after = commandOutput.cursor;
          this.#output.append(commandOutput);
        },
        onEnd: (problem) => problem !== undefined && this.#output.say(problem),
      }),
      this.#desk.follow<StatusData>({
        query: RUN_STATUS,
        variables: () => ({ runId }),
        onData: ({ runStatus }) => this.#show(runStatus),
        onEnd: (problem) => problem !== undefined && setText(this.#state, problem),
      }),
    ];
  }

  #show({ state, progress }: StatusData['runStatus']): void {
    setText(this.#state, state);
    this.#progress.value = progress?.fraction ?? 0;
    setText(this.#step, progress?.message ?? '');
    this.#cancel.hidden = !CANCELLABLE.includes(state);
  }

  async #cancelRun(): Promise<void> {
    this.#cancel.disabled = true;
    try {
      const { cancelRun } = await this.#desk.ask<CancelledData>({ query: CANCEL_RUN, variables: { id: this.#runId } });
      if (cancelRun?.message !== undefined) this.#output.say(cancelRun.message);
    } catch (error) {
      this.#output.say(`not cancelled: ${messageOf(error)}`);
    } finally {
      this.#cancel.disabled = false;
    }
  }

  #enable(isEnabled: boolean): void {
    for (const button of this.#buttons) button.disabled = !isEnabled;
  }
}

function startOperation({ name, script }: PageCommand): Operation {
  // Names this start: a request that arrives twice starts nothing a second time.
  const clientRequestId = crypto.getRandomValues(new Uint32Array(4)).join('-');
  if (script === undefined) return { query: RUN_COMMAND, variables: { input: { command: name, clientRequestId } } };
  return { query: RUN_BACKTEST, variables: { input: { command: name, script, clientRequestId } } };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
