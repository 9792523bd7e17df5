import { make } from "../elements.ts";
import { icon } from "../icons.ts";
import { Notice } from "../notice.ts";
import type { Sound } from "../storage.ts";
import { TokenForm } from "../token-form.ts";
import type { MarkName, Marks } from "./clip.ts";
import { DayBar } from "./day-bar.ts";
import { DayHead } from "./day-head.ts";
import { ClipStrip, type Download } from "./downloads.ts";
import { RecordingControls } from "./recording-controls.ts";
import type { RecordingCommands } from "./recording-keys.ts";
import { RecordingPanels } from "./recording-panels.ts";
import { recordingWords } from "./recording-words.ts";
import { runsOf } from "./segments.ts";
import type { Timeline } from "./timeline.ts";
import { Toast } from "./toast.ts";

export interface ViewOptions {
  readonly commands: RecordingCommands;
  readonly name: string;
  readonly base: URL;
  readonly onToken: (token: string) => void;
  readonly onTap: () => void;
  readonly onSeek: (ms: number) => void;
  readonly onMoveMark: (name: MarkName, ms: number) => void;
  readonly onClearMarks: () => void;
  readonly onChooseDay: (key: string) => void;
  readonly onDownload: (download: Download) => void;
}

/** What is shown beside what the timeline knows itself. */
export interface ViewFacts {
  readonly timeline: Timeline;
  readonly sound: Sound;
  readonly marks: Marks;
  readonly isPreparing: boolean;
  /** The browser plays nothing by itself. */
  readonly needsTap: boolean;
  readonly hasToken: boolean;
  readonly nowMs: number;
}

/** All that is seen: the video with what lies over it, and the day below. */
export class RecordingsView {
  readonly toast = new Toast();
  readonly bar: DayBar;
  readonly head: DayHead;
  readonly panels: RecordingPanels;
  readonly #name: string;
  readonly #controls: RecordingControls;
  readonly #strip: ClipStrip;
  readonly #form: TokenForm;
  readonly #notice: Notice;
  readonly #tap: HTMLButtonElement;

  constructor(options: ViewOptions) {
    const { commands, name, base, onChooseDay, onDownload } = options;
    this.#name = name;
    this.bar = new DayBar({ onSeek: options.onSeek, onMark: options.onMoveMark });
    this.head = new DayHead(commands, base, name);
    this.#controls = new RecordingControls(commands);
    this.#strip = new ClipStrip(onDownload, options.onClearMarks);
    this.panels = new RecordingPanels({ onClose: () => commands.closePanel(), onChooseDay, onDownload });
    this.#form = new TokenForm(options.onToken);
    this.#notice = new Notice(this.#form.element);
    this.#tap = tapButton(options.onTap);
  }

  /** @param video what the player shows itself in */
  build(video: HTMLElement): HTMLElement {
    const overlays = [this.#notice.element, this.toast.element, this.#tap, this.panels.element];
    const stage = make("div", { class: "stage" }, video, ...overlays);
    const parts = [this.head.element, this.#strip.element, this.bar.element, this.#controls.element];
    const deck = make("section", { class: "deck", attributes: { "aria-label": "Day" } }, ...parts);
    return make("main", { class: "recordings watch" }, stage, deck);
  }

  show({ timeline, sound, marks, isPreparing, needsTap, hasToken, nowMs }: ViewFacts): void {
    const { list, player, recovery, segment } = timeline;
    const { day, days, answer, segments, isGrowing } = list;
    const { atMs, isPaused, rate, isLoading, hasPicture } = player;
    const { failure } = recovery;
    const situation = { answer, failure, days: days?.length ?? null, isLoading, hasPicture, hasToken };
    const about = { isDayEmpty: timeline.inDay.length === 0, isRecording: isGrowing, name: this.#name };
    this.#notice.show(needsTap ? null : recordingWords({ ...situation, ...about }));
    const refused = failure ?? answer;
    this.#form.isNeeded = refused?.kind === "refused" && refused.status === 401;
    this.#tap.hidden = !needsTap || !isPaused;
    this.bar.show({ day, segments, isGrowing, nowMs, atMs, marks });
    const panel = this.panels.shown;
    this.head.show({ day, days, atMs, isWhole: this.bar.isWhole, isCalendarShown: panel === "calendar" });
    const isFullScreen = document.fullscreenElement !== null;
    const isKept = segment?.isKept ?? null;
    this.#controls.show({ isPaused, rate, sound, isKept, panel, isFullScreen });
    const downloads = { segment, marks, runs: runsOf(segments), isBusy: isPreparing };
    this.#strip.show(downloads);
    this.panels.show({ downloads, days: days ?? [], day: day.key });
  }
}

function tapButton(onTap: () => void): HTMLButtonElement {
  const attributes = { type: "button" };
  const text = make("span", { text: "Tap to play" });
  const button = make("button", { class: "pill play", attributes }, icon("play"), text);
  button.addEventListener("click", onTap);
  return button;
}
