/// <reference lib="dom" />

interface Attributes {
  /** true: present without a value; false and undefined: absent. */
  readonly [name: string]: string | boolean | undefined;
}

/** A new element with whatever attributes. Text goes in as text, so that nothing in it is ever read as markup. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Attributes = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children);
  return element;
}

/** Writes only what differs: what somebody has selected stays selected. */
export function setText(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** A form field under its visible name. */
export function labelled(name: string, field: HTMLElement): HTMLLabelElement {
  return make('label', { class: 'field' }, make('span', {}, name), field);
}

export function choiceOf(values: readonly { readonly value: string; readonly text: string }[]): HTMLSelectElement {
  return make('select', {}, ...values.map(({ value, text }) => make('option', { value }, text)));
}

/** Puts the elements into the order given, touching only those that stand elsewhere, and drops all others. */
export function arrange(parent: Element, elements: readonly Element[]): void {
  const wanted = new Set(elements);
  for (const child of [...parent.children]) if (!wanted.has(child)) child.remove();
  let next = parent.firstElementChild;
  for (const element of elements) {
    if (element === next) next = next.nextElementSibling;
    else parent.insertBefore(element, next);
  }
}
