import type { Unplayable, ViewerState } from "./viewer-state.ts";

/** What a viewer reads instead of a black picture, or over a still one. */
export interface Words {
  readonly title: string;
  readonly detail: string;
  /** `quiet`: it will pass. `problem`: something has to be done, or waited for. */
  readonly tone: "quiet" | "problem";
  /** Whether it covers the picture, or stands at its edge. */
  readonly place: "middle" | "edge";
}

/** A moment as a clock shows it: the time, and the day where it was not today. */
export type FormatTime = (sinceMs: number) => string;

/** Null where there is nothing to say: it plays. */
export function wordsFor(
  state: ViewerState,
  formatTime: FormatTime,
  name: string | null = null,
): Words | null {
  switch (state.kind) {
    case "playing":
      return null;
    case "connecting":
      return quiet("Connecting…", "");
    case "starting":
      return quiet("Starting…", "The first picture is on its way.");
    case "needs-tap":
      return problem("Tap to play", "This device plays nothing by itself, perhaps to save its battery.");
    case "waiting":
      return quiet(`Waiting for its device${since(state.sinceMs, formatTime)}`, reasonText(state.why) ?? "");
    case "frozen":
      return {
        title: `No signal${since(state.sinceMs, formatTime)}`,
        detail: reasonText(state.why) ?? "A device is gone; it goes on when it is back.",
        tone: "problem",
        place: "edge",
      };
    case "offline":
      return problem(
        `Offline${since(state.sinceMs, formatTime)}`,
        "The picture comes back by itself as soon as the stream does.",
      );
    case "token-needed":
      return state.wasWrong
        ? problem("Wrong token", `It may have changed. ${howToGetToken(name)}`)
        : problem("Token required", howToGetToken(name));
    case "forbidden":
      return problem("Not permitted", state.why);
    case "too-many-tries":
      return problem("Too many tries", "This address has to wait a while; it goes on by itself.");
    case "full":
      return problem("No place left", "As many watch as may. It goes on by itself when somebody leaves.");
    case "no-such-stream":
      return problem("There is no such stream here", "Its name is wrong, or it runs no more.");
    case "refused":
      return problem(`The server says no (${state.status})`, state.why);
    case "unplayable":
      return unplayable(state.why);
  }
}

/** Where something goes on by itself. The words are those of the exit codes; a later server may have others. */
function reasonText(reason: string | null): string | null {
  switch (reason) {
    case "deviceAbsent":
      return "The device is not there.";
    case "deviceBusy":
      return "Another program uses the device.";
    case "permission":
      return "The server may not open the device.";
    case "notReady":
      return "The device sends nothing.";
    case "brokenInput":
      return "What the device sends cannot be used.";
    default:
      return null;
  }
}

/** @param name the stream's; null where there may be several */
function howToGetToken(name: string | null): string {
  const command = name === null ? "flvcast url" : `flvcast url ${name}`;
  return `Run "${command}" on the machine that streams, and paste what it prints.`;
}

function unplayable(why: Unplayable): Words {
  switch (why) {
    case "iphone":
      return problem(
        "This iPhone is too old for FLV",
        "iOS 17.1 was the first that can play it: update iOS, or watch in the VLC app.",
      );
    case "browser":
      return problem(
        "This browser cannot play FLV",
        "It has no Media Source Extensions: take a newer one, or watch in VLC.",
      );
    case "stream":
      return problem(
        "This browser cannot play this stream",
        "It does not decode what is in it. VLC most likely does.",
      );
  }
}

function quiet(title: string, detail: string): Words {
  return { title, detail, tone: "quiet", place: "middle" };
}

function problem(title: string, detail: string): Words {
  return { title, detail, tone: "problem", place: "middle" };
}

function since(sinceMs: number | null, formatTime: FormatTime): string {
  return sinceMs === null ? "" : ` since ${formatTime(sinceMs)}`;
}

/** "14:02"; with the day where it was another one: "20 Nov, 14:02". In the browser's language. */
export function localTime(sinceMs: number, nowMs: number, locale?: string): string {
  const isToday = new Date(sinceMs).toDateString() === new Date(nowMs).toDateString();
  const time = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
  const day = isToday ? {} : ({ day: "numeric", month: "short" } as const);
  return new Intl.DateTimeFormat(locale, { ...day, ...time }).format(sinceMs);
}
