import { IconButton } from "../button.ts";
import { make } from "../elements.ts";
import { dayOfKey } from "./days.ts";
import { drawings } from "./drawings.ts";
import { longDayText, monthText } from "./times.ts";

const COLUMNS = 7;
const ARROWS: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  ArrowUp: -COLUMNS,
  ArrowDown: COLUMNS,
};

/** A month at a time; only days that have something can be chosen. */
export class Calendar {
  readonly element: HTMLElement;
  readonly #month = make("p", { class: "calendar-month", attributes: { "aria-live": "polite" } });
  readonly #grid = make("div", { class: "calendar-days" });
  readonly #earlier: IconButton;
  readonly #later: IconButton;
  readonly #onChoose: (key: string) => void;
  #days: readonly string[] = [];
  #chosen = "";
  /** `2026-11` */
  #shown = "";

  constructor(onChoose: (key: string) => void) {
    this.#onChoose = onChoose;
    this.#earlier = new IconButton({ icon: drawings.earlier, label: "Earlier month" }, () => this.#turn(-1));
    this.#later = new IconButton({ icon: drawings.later, label: "Later month" }, () => this.#turn(1));
    const head = make("div", { class: "calendar-head" }, this.#earlier.element, this.#month);
    head.append(this.#later.element);
    this.element = make("div", { class: "calendar" }, head, this.#grid);
    this.#grid.addEventListener("keydown", (event) => this.#press(event));
  }

  show(days: readonly string[], chosen: string): void {
    const isSame = chosen === this.#chosen && days.join() === this.#days.join();
    if (isSame) return; // what has the focus keeps it
    if (chosen !== this.#chosen) this.#shown = monthOf(chosen);
    this.#days = days;
    this.#chosen = chosen;
    this.#draw();
  }

  focus(): void {
    const chosen = this.#grid.querySelector<HTMLElement>("[aria-pressed=true]");
    (chosen ?? this.#grid.querySelector<HTMLElement>("button:enabled"))?.focus();
  }

  /** To the next month that has something. */
  #turn(direction: 1 | -1): void {
    const month = this.#neighbor(direction);
    if (month === null) return;
    this.#shown = month;
    this.#draw();
  }

  #neighbor(direction: 1 | -1): string | null {
    const months = this.#days.map(monthOf);
    if (direction === 1) return months.find((month) => month > this.#shown) ?? null;
    return months.findLast((month) => month < this.#shown) ?? null;
  }

  #draw(): void {
    const first = dayOfKey(`${this.#shown}-01`);
    this.#month.textContent = monthText(first.startMs);
    this.#earlier.element.disabled = this.#neighbor(-1) === null;
    this.#later.element.disabled = this.#neighbor(1) === null;
    const monday = (new Date(first.startMs).getDay() + 6) % COLUMNS;
    const weekdays = Array.from({ length: COLUMNS }, (_, at) =>
      make("span", {
        class: "calendar-weekday",
        text: weekdayText(at),
        attributes: { "aria-hidden": "true" },
      }),
    );
    const [year = 0, month = 0] = this.#shown.split("-").map(Number);
    const length = new Date(year, month, 0).getDate();
    const days = Array.from({ length }, (_, at) =>
      this.#day(`${this.#shown}-${String(at + 1).padStart(2, "0")}`),
    );
    const [one] = days;
    one?.style.setProperty("grid-column-start", String(monday + 1));
    this.#grid.replaceChildren(...weekdays, ...days);
  }

  #day(key: string): HTMLButtonElement {
    const button = make("button", {
      class: "calendar-day",
      text: String(Number(key.slice(-2))),
      attributes: { type: "button", "aria-label": longDayText(dayOfKey(key).startMs) },
    });
    button.disabled = !this.#days.includes(key);
    button.setAttribute("aria-pressed", `${key === this.#chosen}`);
    button.addEventListener("click", () => this.#onChoose(key));
    return button;
  }

  /** To the next day in that direction that can be chosen. */
  #press(event: KeyboardEvent): void {
    const step = ARROWS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation(); // else the player seeks
    const buttons = [...this.#grid.querySelectorAll("button")];
    let at = buttons.findIndex((button) => button === document.activeElement) + step;
    while (buttons[at]?.disabled === true) at += Math.sign(step);
    buttons[at]?.focus();
  }
}

const monthOf = (key: string): string => key.slice(0, 7);

/** @param at 0 is Monday */
function weekdayText(at: number): string {
  const monday = new Date(2026, 10, 2 + at);
  return new Intl.DateTimeFormat(undefined, { weekday: "narrow" }).format(monday);
}
