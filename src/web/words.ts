import type { MissingCodec, PlainCodec, Unplayable, ViewerState } from "./viewer-state.ts";

/** What a viewer reads over the video while it does not play. */
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

/** Null where there is nothing to say: it plays, or is paused. */
export function wordsFor(
  state: ViewerState,
  formatTime: FormatTime,
  name: string | null = null,
): Words | null {
  switch (state.kind) {
    case "playing":
      return state.without === undefined ? null : withoutSound(missing(state.without));
    case "paused":
      return null;
    case "connecting":
      return quiet("Connecting…", "");
    case "on-demand":
      return state.isIdle
        ? quiet("Idle", reasonText(state.why) ?? "Open it to start the camera.")
        : quiet("On demand", "Open it to watch.");
    case "starting":
      return quiet("Starting…", "Waiting for the first frame.");
    case "needs-tap":
      return problem("Tap to play", "Autoplay is blocked on this device.");
    case "waiting":
      return quiet(`Waiting for the camera${since(state.sinceMs, formatTime)}`, reasonText(state.why) ?? "");
    case "frozen":
      return edge(
        `No signal${since(state.sinceMs, formatTime)}`,
        reasonText(state.why) ?? "The camera is disconnected. Playback resumes when it is back.",
      );
    case "offline":
      return problem(`Offline${since(state.sinceMs, formatTime)}`, "Reconnecting automatically…");
    case "token-needed":
      return state.wasWrong
        ? problem("Wrong token", `It may have changed. ${howToGetToken(name)}`)
        : problem("Token required", howToGetToken(name));
    case "forbidden":
      return problem("Access denied", state.why);
    case "too-many-tries":
      return problem("Too many attempts", "Try again in a minute.");
    case "full":
      return problem(
        "Stream is full",
        "The viewer limit has been reached. Playback starts as soon as someone leaves.",
      );
    case "no-such-stream":
      return problem("Stream not found", "Check the name, or it may have ended.");
    case "refused":
      return problem(`Request refused (${state.status})`, state.why);
    case "unplayable":
      return unplayable(state.why);
  }
}

/** Why the camera is away. The words are those of the exit codes; a later server may have others. */
function reasonText(reason: string | null): string | null {
  switch (reason) {
    case "deviceAbsent":
      return "It is not connected.";
    case "deviceBusy":
      return "Another program is using it.";
    case "permission":
      return "The server has no permission to open it.";
    case "notReady":
      return "It is connected but sends no data.";
    case "brokenInput":
      return "It sends data that cannot be decoded.";
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
      return problem("iOS 17.1 or later is needed", "Update iOS, or use the VLC app.");
    case "browser":
      return problem("This browser cannot play FLV", "Please use a newer browser, or VLC.");
    case "stream":
      return problem(
        "This browser cannot play this stream",
        "Its codec is not supported here. Try another browser, or VLC.",
      );
    default:
      return missing(why);
  }
}

/** What is missing, and what to change: at the viewer's end first. */
function missing({ codec, needsHttps }: MissingCodec): Words {
  const isVideo = codec === "H.265" || codec === "AV1";
  const change = isVideo
    ? "switch the stream to H.264 (--video-codec h264)"
    : "switch the stream's audio to AAC (--audio-codec aac)";
  const what = isVideo ? codec : `${codec} audio`;
  return needsHttps
    ? problem(`${what} needs a secure page`, `Open this page over HTTPS, or ${change}.`)
    : problem(`This browser cannot play ${what}`, `${BROWSERS[codec]}, or ${change}.`);
}

function withoutSound({ title, detail }: Words): Words {
  return edge("No sound", `${title}. ${detail}`);
}

const BROWSERS: Readonly<Record<PlainCodec, string>> = {
  "H.265": "Try Safari, or a browser whose hardware decodes it",
  AV1: "Try Chrome, Edge or Firefox",
  Opus: "Try Chrome, Edge or Firefox",
  MP3: "Try Chrome or Edge",
  "G.711": "Try Chrome, Edge or Firefox",
};

export function quiet(title: string, detail: string): Words {
  return { title, detail, tone: "quiet", place: "middle" };
}

export function problem(title: string, detail: string): Words {
  return { title, detail, tone: "problem", place: "middle" };
}

export function edge(title: string, detail = ""): Words {
  return { title, detail, tone: "problem", place: "edge" };
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
