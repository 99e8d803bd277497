/// <reference lib="dom" />

import { make } from './markup.ts';

export interface Figure {
  readonly name: string;
  readonly text: string;
  /** up, down or flat; its sign says the same. */
  readonly trend?: string;
  /** What the name does not say. */
  readonly meaning?: string | undefined;
}

/** A row of named figures. */
export function makeFigures(figures: readonly Figure[]): HTMLDListElement {
  const items = figures.map(({ name, text, trend, meaning }) =>
    make('div', { title: meaning }, make('dt', {}, name), make('dd', { class: trend }, text)),
  );
  return make('dl', { class: 'figures' }, ...items);
}
