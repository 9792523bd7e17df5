import type { StreamInfo } from "../server/api/schemas.ts";
import type { PanelKind } from "./controls.ts";
import { make } from "./elements.ts";
import { keysList } from "./keys.ts";
import { sharedBase } from "./links.ts";
import { LinksPanel } from "./links-panel.ts";
import { liveKeys } from "./live-keys.ts";
import { Panel } from "./panel.ts";
import { figuresOf, StatsList } from "./stats.ts";
import type { ViewerStats } from "./stream-viewer.ts";

/** What the panels tell of; null for what is not known. */
export interface PanelFacts {
  readonly base: URL;
  readonly name: string;
  readonly token: string | null;
  readonly stats: ViewerStats | null;
  readonly stream: StreamInfo | null;
  readonly serverMs: number | null;
}

/** The panels of a player: one at a time, filled while it is shown. */
export class Panels {
  readonly element: HTMLElement;
  readonly #stats = new StatsList();
  readonly #links = new LinksPanel();
  readonly #panels: Readonly<Record<PanelKind, Panel>>;
  #shown: PanelKind | null = null;

  constructor(onClose: () => void) {
    this.#panels = {
      links: new Panel("Links", onClose, this.#links.element),
      stats: new Panel("Stats", onClose, this.#stats.element),
      keys: new Panel("Keyboard shortcuts", onClose, keysList(liveKeys)),
    };
    const all = Object.values(this.#panels).map(({ element }) => element);
    this.element = make("div", {}, ...all);
  }

  get shown(): PanelKind | null {
    return this.#shown;
  }

  set shown(kind: PanelKind | null) {
    this.#shown = kind;
    for (const [name, panel] of Object.entries(this.#panels)) panel.isShown = name === kind;
  }

  show({ base, name, token, stats, stream, serverMs }: PanelFacts): void {
    if (this.#shown === "stats") this.#stats.show(figuresOf(stats, stream, serverMs));
    if (this.#shown === "links")
      this.#links.show({ base: sharedBase(base, stream?.url ?? null), name, token });
  }
}
