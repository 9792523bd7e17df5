import { make } from "../elements.ts";
import { keysList } from "../keys.ts";
import { Panel } from "../panel.ts";
import { Calendar } from "./calendar.ts";
import { type Download, DownloadList, type DownloadState } from "./downloads.ts";
import { type RecordingPanel, recordingKeys } from "./recording-keys.ts";

export interface PanelsOptions {
  readonly onClose: () => void;
  readonly onChooseDay: (key: string) => void;
  readonly onDownload: (download: Download) => void;
}

/** The panels over the video: one at a time, filled while it is shown. */
export class RecordingPanels {
  readonly element: HTMLElement;
  readonly #calendar: Calendar;
  readonly #downloads: DownloadList;
  readonly #panels: Readonly<Record<RecordingPanel, Panel>>;
  #shown: RecordingPanel | null = null;

  constructor({ onClose, onChooseDay, onDownload }: PanelsOptions) {
    this.#calendar = new Calendar(onChooseDay);
    this.#downloads = new DownloadList(onDownload);
    this.#panels = {
      calendar: new Panel("Choose a day", onClose, this.#calendar.element),
      download: new Panel("Download", onClose, this.#downloads.element),
      keys: new Panel("Keyboard shortcuts", onClose, keysList(recordingKeys)),
    };
    this.#panels.calendar.element.classList.add("from-left");
    this.element = make("div", {}, ...Object.values(this.#panels).map(({ element }) => element));
  }

  get shown(): RecordingPanel | null {
    return this.#shown;
  }

  set shown(kind: RecordingPanel | null) {
    this.#shown = kind;
    for (const [name, panel] of Object.entries(this.#panels)) panel.isShown = name === kind;
  }

  focusCalendar(): void {
    this.#calendar.focus();
  }

  show(facts: { downloads: DownloadState; days: readonly string[]; day: string }): void {
    if (this.#shown === "calendar") this.#calendar.show(facts.days, facts.day);
    if (this.#shown === "download") this.#downloads.show(facts.downloads);
  }
}
