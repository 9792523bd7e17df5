/** What an element is made with. */
export interface ElementOptions {
  readonly class?: string;
  readonly text?: string;
  readonly title?: string;
  readonly attributes?: Readonly<Record<string, string>>;
}

/** Makes an element with its children; text is text, never markup. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  { class: className, text, title, attributes = {} }: ElementOptions = {},
  ...children: readonly (Node | null)[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  if (className !== undefined) element.className = className;
  if (text !== undefined) element.textContent = text;
  if (title !== undefined) element.title = title;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Puts the children in this order. Where one stands right it is not touched; a move keeps focus and playback. */
export function arrange(parent: Element, children: readonly Element[]): void {
  for (const [at, child] of children.entries()) {
    const before = parent.children[at] ?? null;
    if (before === child) continue;
    if (child.parentNode === parent && "moveBefore" in parent) parent.moveBefore(child, before);
    else parent.insertBefore(child, before);
  }
}
