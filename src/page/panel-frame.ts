/// <reference lib="dom" />
import { make } from './markup.ts';
import type { Desk, DeskFacts, Operation, Panel } from './panel.ts';

export interface FrameOptions {
  /** Names the section, and its place in the grid of the style sheet. */
  readonly area: string;
  readonly desk: Desk;
  readonly facts: DeskFacts;
}

const ABOUT_TO_BE_TAKEN = ['pointerenter', 'focus', 'click', 'auxclick', 'contextmenu'];

/** The section of a panel: its title, the way to its GraphQL, and its body. */
export function framePanel(panel: Panel, { area, desk, facts }: FrameOptions): HTMLElement {
  const title = make('h2', { id: `${area}-title` }, panel.title);
  const head = make('header', { class: 'panel-head' }, title);
  const body = make('div', { class: 'panel-body' });
  panel.mount(body, desk);
  if (facts.hasGraphiQL) head.append(graphqlLink(panel));
  return make('section', { class: 'panel', id: area, 'aria-labelledby': title.id }, head, body);
}

function graphqlLink(panel: Panel): HTMLAnchorElement {
  const name = `Show the GraphQL of ${panel.title}`;
  const attributes = { class: 'graphql-link', target: '_blank', rel: 'noopener', title: name, 'aria-label': name };
  const link = make('a', attributes, 'show the GraphQL');
  const lead = (): void => {
    link.href = graphiqlAddress(panel.operation());
  };
  lead();
  // What a panel asks changes: the link has what it asks when somebody takes it.
  for (const event of ABOUT_TO_BE_TAKEN) link.addEventListener(event, lead);
  return link;
}

/** Where GraphiQL opens with this operation. */
function graphiqlAddress({ query, variables }: Operation): string {
  const search = new URLSearchParams({ query: `${query.trim()}\n` });
  if (variables !== undefined) search.set('variables', JSON.stringify(variables, undefined, 2));
  return `/graphql?${search}`;
}
