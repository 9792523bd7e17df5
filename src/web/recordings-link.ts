import { recordingsUrl } from "./address.ts";
import { requestHeaders } from "./api.ts";
import { make } from "./elements.ts";
import { icon } from "./icons.ts";
import { record } from "./json.ts";
import type { Site } from "./site.ts";

/** A recording may begin later. */
const CHECK_EVERY_MS = 300_000;

/** Leads from a live stream to its recordings; not there where it has none. */
export class RecordingsLink {
  readonly element: HTMLAnchorElement;
  readonly #site: Site;
  readonly #name: string;
  #checkedMs = Number.NEGATIVE_INFINITY;

  constructor(site: Site, name: string) {
    this.#site = site;
    this.#name = name;
    const { href } = recordingsUrl(site.address.base, name);
    const attributes = { href, "aria-keyshortcuts": "R" };
    this.element = make(
      "a",
      { class: "recordings-link", title: "Recordings (R)", attributes },
      icon("recordings"),
      make("span", { text: "Recordings" }),
    );
    this.element.hidden = true;
  }

  open(): void {
    if (!this.element.hidden) this.element.click();
  }

  /** Asks whether it is recorded, though not often. */
  async check(): Promise<void> {
    const nowMs = performance.now();
    if (!this.element.hidden || nowMs - this.#checkedMs < CHECK_EVERY_MS) return;
    this.#checkedMs = nowMs;
    const { address, token } = this.#site;
    const url = new URL(`api/v1/streams/${encodeURIComponent(this.#name)}`, address.base);
    try {
      const response = await fetch(url, { headers: requestHeaders(token), cache: "no-store" });
      this.element.hidden = !response.ok || !isRecorded(await response.json());
    } catch {
      // the server is away, or answers with something else: it is asked again
    }
  }
}

/** Whether it has a recording by the API's details of a stream: what it says of it does not matter here. */
function isRecorded(json: unknown): boolean {
  return record(json)["recording"] != null;
}
