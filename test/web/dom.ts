import { vi } from "vitest";

type Child = FakeElement | string;

/** As much of an element as the page uses. Hidden, pressed and the like are read off as a browser would show them. */
export class FakeElement extends EventTarget {
  readonly tag: string;
  readonly attributes = new Map<string, string>();
  readonly dataset: Record<string, string> = {};
  readonly style = {
    properties: new Map<string, string>(),
    setProperty(name: string, value: string) {
      this.properties.set(name, value);
    },
  };
  parent: FakeElement | null = null;
  className = "";
  title = "";
  value = "";
  valueAsNumber = 0;
  hidden = false;
  muted = false;
  disableRemotePlayback = false;
  href = "";
  download = "";
  width = 0;
  height = 0;
  clientWidth = 0;
  clientHeight = 0;
  offsetTop = 0;
  #children: readonly Child[] = [];

  constructor(tag: string) {
    super();
    this.tag = tag;
  }

  get textContent(): string {
    return this.#children.map((child) => (typeof child === "string" ? child : child.textContent)).join("");
  }

  set textContent(text: string) {
    this.replaceChildren(text);
  }

  get children(): readonly FakeElement[] {
    return this.#children.filter((child) => typeof child !== "string");
  }

  /** This one and all that is within it. */
  get all(): readonly FakeElement[] {
    return [this, ...this.children.flatMap((child) => child.all)];
  }

  /** Whether a person sees it: neither it nor what it stands in is hidden. */
  get isSeen(): boolean {
    return !this.hidden && (this.parent?.isSeen ?? true);
  }

  get parentNode(): FakeElement | null {
    return this.parent;
  }

  get parentElement(): FakeElement | null {
    return this.parent;
  }

  insertBefore(child: FakeElement, before: FakeElement | null): void {
    child.remove();
    const at = before === null ? this.#children.length : this.#children.indexOf(before);
    this.#children = this.#children.toSpliced(at, 0, child);
    child.parent = this;
  }

  append(...children: readonly Child[]): void {
    for (const child of children) if (typeof child !== "string") child.parent = this;
    this.#children = [...this.#children, ...children];
  }

  replaceChildren(...children: readonly Child[]): void {
    this.#children = [];
    this.append(...children);
  }

  remove(): void {
    const { parent } = this;
    if (parent !== null) parent.#children = parent.#children.filter((child) => child !== this);
    this.parent = null;
  }

  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value);
  }

  /** The page asks for what has the focus alone. */
  querySelector(): FakeElement | null {
    return this.all.find(({ attributes }) => attributes.has("focused")) ?? null;
  }

  readonly classList = { add: (name: string) => void (this.className += ` ${name}`) };

  getContext(): object {
    return { drawImage: () => undefined };
  }

  pause(): void {
    // A video: nothing of its own is played here.
  }

  click(): void {
    this.tell("click");
  }

  focus(): void {
    this.attributes.set("focused", "");
  }

  blur(): void {
    this.attributes.delete("focused");
  }

  select(): void {
    // What is in the field is typed over.
  }

  tell(event: string): Event {
    const told = new Event(event, { cancelable: true });
    this.dispatchEvent(told);
    return told;
  }
}

/** The page, as its person sets it. */
export class FakeDocument extends EventTarget {
  title = "";
  visibilityState: "visible" | "hidden" = "visible";
  fullscreenElement: FakeElement | null = null;
  pictureInPictureElement: FakeElement | null = null;
  pictureInPictureEnabled = true;
  fullscreenEnabled = true;
  readonly body = new FakeElement("body");
  readonly documentElement = Object.assign(new FakeElement("html"), {
    requestFullscreen: async () => this.#fill(this.documentElement),
  });

  createElement(tag: string): FakeElement {
    return new FakeElement(tag);
  }

  createElementNS(_: string, tag: string): FakeElement {
    return new FakeElement(tag);
  }

  async exitFullscreen(): Promise<void> {
    this.#fill(null);
  }

  tell(event: string, details: object = {}): Event {
    const told = Object.assign(new Event(event, { cancelable: true }), details);
    this.dispatchEvent(told);
    return told;
  }

  setVisible(isVisible: boolean): void {
    this.visibilityState = isVisible ? "visible" : "hidden";
    this.tell("visibilitychange");
  }

  #fill(element: FakeElement | null): void {
    this.fullscreenElement = element;
    this.tell("fullscreenchange");
  }
}

/** Puts a document in place until `vi.unstubAllGlobals()`. */
export function installDocument(): FakeDocument {
  const document = new FakeDocument();
  vi.stubGlobal("document", document);
  return document;
}

/** What stands in for an element of the page, as the test sees it. */
export const fake = (element: Element): FakeElement => element as unknown as FakeElement;

/** The first one with this class. */
export function byClass(root: Element | FakeElement, name: string): FakeElement {
  return found(root, name, ({ className }) => className.split(" ").includes(name));
}

/** The first one that a screen reader calls so, or that reads so. */
export function byLabel(root: Element | FakeElement, label: string): FakeElement {
  return found(root, label, (element) => isCalled(element, label));
}

export function isCalled({ attributes, textContent }: FakeElement, label: string): boolean {
  return (attributes.get("aria-label") ?? textContent) === label;
}

function found(
  root: Element | FakeElement,
  what: string,
  isIt: (element: FakeElement) => boolean,
): FakeElement {
  const element = (root as FakeElement).all.find(isIt);
  if (element === undefined) throw new Error(`nothing is called ${what}`);
  return element;
}
