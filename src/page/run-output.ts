/// <reference lib="dom" />
import { make } from './markup.ts';
import type { OutputItem } from './run-operations.ts';

/** Older parts go: a page is no archive, and the server keeps the whole output. */
const MOST_PARTS = 2_000;
/** Within so many pixels of its end somebody reads along. */
const NEAR_END = 24;

/** What a run prints, the newest in view unless somebody reads further up. */
export class RunOutput {
  readonly element = make('pre', {
    id: 'output',
    class: 'run-output',
    tabindex: '0',
    'aria-label': 'Output of the run',
  });

  clear(): void {
    this.element.replaceChildren();
  }

  append(item: OutputItem): void {
    switch (item.__typename) {
      case 'CommandChunk':
        this.#add(item.stream.toLowerCase(), item.text);
        break;
      case 'CommandEnd':
        this.#add(item.state.toLowerCase(), `[${item.state}${endText(item.signal, item.exitCode)}]\n`);
        break;
      case 'StreamGap':
        this.#add('gap', `[a part of the output is gone: ${item.reason}]\n`);
        break;
    }
  }

  say(problem: string): void {
    this.#add('gap', `[${problem}]\n`);
  }

  #add(className: string, text: string): void {
    const { element } = this;
    const isAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_END;
    element.append(make('span', { class: className }, text));
    while (element.childElementCount > MOST_PARTS) element.firstElementChild?.remove();
    if (isAtEnd) element.scrollTo(0, element.scrollHeight);
  }
}

function endText(signal: string | null, exitCode: number | null): string {
  if (signal !== null) return `, ended by ${signal}`;
  return exitCode === null || exitCode === 0 ? '' : `, exit code ${exitCode}`;
}
