import type { InputStatus, StreamState, StreamStatus } from "../status.ts";

const states: readonly StreamState[] = ["starting", "waiting", "on-air", "degraded", "ended"];
const inputStates: readonly InputStatus["state"][] = ["starting", "running", "waiting", "ended"];
/** More than any channel has. */
const MAX_INPUTS = 16;
const MAX_TEXT_LENGTH = 2000;

/** A status as another process sent it, which may be another version; null where it is none. */
export function readStatus(value: unknown): StreamStatus | null {
  try {
    return status(record(value));
  } catch (error) {
    if (error instanceof MalformedError) return null;
    throw error;
  }
}

/** What came is no status. */
class MalformedError extends Error {
  override readonly name = "MalformedError";
}

type Fields = Readonly<Record<string, unknown>>;

function status(from: Fields): StreamStatus {
  const { inputs, encoder } = from;
  if (!Array.isArray(inputs) || inputs.length > MAX_INPUTS) throw new MalformedError();
  return {
    name: text(from["name"]),
    state: oneOf(states, from["state"]),
    sinceMs: count(from["sinceMs"]),
    startedMs: count(from["startedMs"]),
    pid: count(from["pid"]),
    url: orNull(text, from["url"]),
    device: text(from["device"]),
    inputs: inputs.map((input) => inputStatus(record(input))),
    encoder: orNull(chosenEncoder, encoder),
    codecs: texts(from["codecs"]),
    size: orNull(text, from["size"]),
    fps: orNull(count, from["fps"]),
    bitrateKbps: orNull(count, from["bitrateKbps"]),
    restarts: count(from["restarts"]),
    viewers: count(from["viewers"]),
    lastError: orNull(text, from["lastError"]),
  };
}

function inputStatus(from: Fields): InputStatus {
  return {
    label: text(from["label"]),
    state: oneOf(inputStates, from["state"]),
    restarts: count(from["restarts"]),
    stalls: count(from["stalls"] ?? 0), // older versions do not tell
    lastError: orNull(text, from["lastError"]),
    retryAtMs: orNull(count, from["retryAtMs"]),
    lastFrameMs: orNull(count, from["lastFrameMs"]),
  };
}

function chosenEncoder(value: unknown): NonNullable<StreamStatus["encoder"]> {
  const { name, why } = record(value);
  return { name: text(name), why: text(why) };
}

function record(value: unknown): Fields {
  if (typeof value !== "object" || value === null) throw new MalformedError();
  return value as Fields; // an object, and so indexed by strings
}

function text(value: unknown): string {
  if (typeof value !== "string") throw new MalformedError();
  return value.slice(0, MAX_TEXT_LENGTH);
}

/** Older versions tell of none. */
function texts(value: unknown): readonly string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length > MAX_INPUTS) throw new MalformedError();
  return value.map(text);
}

function count(value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value) || value < 0) throw new MalformedError();
  return value;
}

function oneOf<Word extends string>(words: readonly Word[], value: unknown): Word {
  const found = words.find((word) => word === value);
  if (found === undefined) throw new MalformedError();
  return found;
}

function orNull<Value>(read: (value: unknown) => Value, value: unknown): Value | null {
  return value === null || value === undefined ? null : read(value);
}
