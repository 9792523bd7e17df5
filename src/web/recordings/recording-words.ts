import { edge, problem, quiet, type Words, wordsFor } from "../words.ts";
import type { DoneAnswer, RecordingsAnswer } from "./recordings-api.ts";

/** What a viewer of recordings may have to be told. */
export interface RecordingSituation {
  /** The last one about the day; null as long as there is none. */
  readonly answer: RecordingsAnswer | null;
  /** Why what is played cannot be loaded. */
  readonly failure: Failure | null;
  readonly days: number | null;
  readonly isDayEmpty: boolean;
  readonly isRecording: boolean;
  readonly isLoading: boolean;
  readonly hasPicture: boolean;
  readonly hasToken: boolean;
  readonly name: string;
}

/** `unplayable`: the server sends it, and the browser cannot play it. */
export type Failure = { readonly kind: "unplayable" } | Exclude<DoneAnswer, { kind: "done" }>;

/** Null where there is nothing to say. What plays is not covered: the rest of it may still be there. */
export function recordingWords(situation: RecordingSituation): Words | null {
  const { answer, failure, hasPicture } = situation;
  if (failure !== null) return failureWords(failure, situation);
  if (answer === null) return hasPicture ? null : quiet("Loading…", "");
  if (answer.kind !== "recordings") {
    const words = failureWords(answer, situation);
    return words !== null && hasPicture && answer.kind === "unreachable"
      ? { ...words, place: "edge" }
      : words;
  }
  if (situation.days === 0 && situation.isDayEmpty)
    return situation.isRecording
      ? quiet("No recordings yet", "The first one is being started.")
      : problem("No recordings", "Nothing of this stream is recorded.");
  if (situation.isDayEmpty && !hasPicture) return problem("Nothing recorded on this day", "");
  return situation.isLoading ? { ...quiet("Loading…", ""), place: hasPicture ? "edge" : "middle" } : null;
}

function failureWords(failure: Failure, { hasToken, name }: RecordingSituation): Words | null {
  if (failure.kind === "unplayable")
    return problem(
      "This browser cannot play this recording",
      "Its codec is not supported here. Download it, or try another browser.",
    );
  if (failure.kind === "unreachable") return problem("Offline", "Reconnecting automatically…");
  const { status, why, retryAfterMs } = failure;
  if (status === 401) return wordsFor({ kind: "token-needed", wasWrong: hasToken }, String, name);
  if (status === 403) return wordsFor({ kind: "forbidden", why }, String);
  if (status === 404) return problem("No recordings", "This stream is not recorded, or its name is wrong.");
  if (status === 429 && retryAfterMs > 0 && /recordings/.test(why))
    return problem("Too many recordings at once", "Playback starts as soon as another one ends.");
  if (status === 429) return wordsFor({ kind: "too-many-tries" }, String);
  if (status === 503 && /being made/.test(why)) return quiet("Loading…", "");
  if (status === 503) return problem("Recordings unavailable", "The disk does not answer. Trying again…");
  return wordsFor({ kind: "refused", status, why }, String);
}

/** Why a segment is not kept, or a file not downloaded. */
export function refusalWords(what: string, answer: Exclude<DoneAnswer, { kind: "done" }>): Words {
  if (answer.kind === "unreachable") return edge(what, "The server does not answer.");
  const { status, why } = answer;
  if (status === 401 || status === 403)
    return edge(what, why === "" ? "You are not allowed to." : sentence(why));
  if (status === 404) return edge(what, "It has been deleted.");
  if (status === 503) return edge(what, why === "" ? "The disk does not answer." : sentence(why));
  return edge(what, why === "" ? `The server refused (${status}).` : sentence(why));
}

/** The server's line begins small. */
function sentence(line: string): string {
  const text = line.trim();
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? "" : "."}`;
}
