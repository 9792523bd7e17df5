import { watchUrl } from "../address.ts";
import { IconButton } from "../button.ts";
import { make } from "../elements.ts";
import { icon } from "../icons.ts";
import { type Day, neighbor } from "./days.ts";
import { drawings } from "./drawings.ts";
import type { RecordingCommands } from "./recording-keys.ts";
import { longDayText, shortDayText, timeText, zoneText } from "./times.ts";

export interface DayHeadState {
  readonly day: Day;
  readonly days: readonly string[] | null;
  readonly atMs: number | null;
  readonly isWhole: boolean;
  readonly isCalendarShown: boolean;
}

/** The stream's name and the way back to live; the day, the time, and the buttons that change what the bar shows. */
export class DayHead {
  readonly element: HTMLElement;
  readonly #earlier: IconButton;
  readonly #later: IconButton;
  readonly #date = make("button", { class: "date-button", attributes: { type: "button" } });
  readonly #longDate = make("span", { class: "long-date" });
  readonly #shortDate = make("span", { class: "short-date", attributes: { "aria-hidden": "true" } });
  readonly #time = make("output", { class: "moment", attributes: { "aria-live": "off" } });
  readonly #zone = make("p", { class: "zone" });
  readonly #zoomOut: IconButton;
  readonly #live: HTMLAnchorElement;

  constructor(commands: RecordingCommands, base: URL, name: string) {
    this.#earlier = new IconButton(earlierLook, () => commands.changeDay(-1));
    this.#later = new IconButton(laterLook, () => commands.changeDay(1));
    this.#date.append(icon(drawings.calendar), this.#longDate, this.#shortDate);
    this.#date.title = "Choose a day";
    this.#date.setAttribute("aria-haspopup", "true");
    this.#date.addEventListener("click", () => commands.togglePanel("calendar"));
    this.#zoomOut = new IconButton(zoomOutLook, () => commands.zoom(-1));
    const zoomIn = new IconButton(zoomInLook, () => commands.zoom(1));
    const attributes = { href: watchUrl(base, name).href, "aria-keyshortcuts": "L" };
    this.#live = make("a", { class: "live-link", title: "Back to live (L)", attributes });
    this.#live.append(make("span", { text: "Back to live" }));
    const title = make("div", { class: "day-title" }, make("h1", { text: name }), this.#zone);
    const day = make("div", { class: "day-choice" }, this.#earlier.element, this.#date, this.#later.element);
    const zoom = make("div", { class: "day-zoom" }, this.#zoomOut.element, zoomIn.element);
    this.element = make("header", { class: "day-head" }, title, day, this.#time, zoom, this.#live);
  }

  goLive(): void {
    this.#live.click();
  }

  focusDate(): void {
    this.#date.focus();
  }

  show({ day, days, atMs, isWhole, isCalendarShown }: DayHeadState): void {
    this.#earlier.element.disabled = neighbor(days ?? [], day.key, -1) === null;
    this.#later.element.disabled = neighbor(days ?? [], day.key, 1) === null;
    this.#date.disabled = days === null || days.length === 0;
    this.#date.setAttribute("aria-expanded", `${isCalendarShown}`);
    setText(this.#longDate, longDayText(day.startMs));
    setText(this.#shortDate, shortDayText(day.startMs));
    setText(this.#time, atMs === null ? "--:--:--" : timeText(atMs));
    setText(this.#zone, `Times in ${zoneText(atMs ?? day.startMs)}`);
    this.#zoomOut.element.disabled = isWhole;
  }
}

function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

const earlierLook = { icon: drawings.earlier, label: "Previous day", key: "PageUp" };
const laterLook = { icon: drawings.later, label: "Next day", key: "PageDown" };
const zoomOutLook = { icon: drawings.zoomOut, label: "Show more of the day", key: "-" };
const zoomInLook = { icon: drawings.zoomIn, label: "Show less of the day", key: "+" };
