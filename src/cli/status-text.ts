import { plain } from "../devices/called.ts";
import type { InputStatus, PushStatus, StreamState, StreamStatus } from "../stream.ts";
import { byteText } from "../system/byte-text.ts";
import { localTime, spanText } from "../system/local-time.ts";
import { wrapped } from "./findings-text.ts";

const COLUMNS = 80;
const LABEL_WIDTH = 10;
const INDENT = 2;

const stateWords: Readonly<Record<StreamState, string>> = {
  starting: "starting",
  waiting: "waiting for its device",
  idle: "idle, starts with the next viewer",
  "on-air": "on air",
  degraded: "on air, but an input is missing",
  ended: "ended",
};

/** How a stream is doing, for people: at most 80 columns, but for a URL or a device that is longer. */
export function statusText(status: StreamStatus, nowMs: number): string {
  const { name, state, sinceMs, startedMs, pid, url, device, inputs, restarts, viewers, isReachable } =
    status;
  const facts: readonly (readonly [string, string | null])[] = [
    ["url", url],
    ["device", device],
    ["publisher", publisherText(status, nowMs)],
    ...(state === "idle" ? [] : inputs)
      .filter((input) => input.state !== "running")
      .map((input) => inputFact(input, nowMs)),
    ["encoder", encoderText(status)],
    ["video", videoText(status)],
    ...inputs.flatMap(silentFact),
    ["viewers", String(viewers)],
    ...status.pushes.map((push) => pushFact(push, nowMs)),
    ["recording", recordingText(status, nowMs)],
    ["restarts", restartsText(restarts, inputs)],
    ["damaged", damagedText(status)],
    ["error", status.lastError],
    ["process", `pid ${pid}, started ${momentText(startedMs, nowMs)}`],
  ];
  const reach = isReachable ? "" : ", but unreachable: its address is gone";
  const head = `${plain(name)}: ${stateWords[state]}${reach}, since ${momentText(sinceMs, nowMs)}`;
  return [head, ...facts.flatMap(factLines)].map((line) => `${line}\n`).join("");
}

/** `2026-05-01 06:30:00 (2 h 5 min)`, in local time. */
function momentText(atMs: number, nowMs: number): string {
  return `${localTime(atMs)} (${spanText(nowMs - atMs)})`;
}

function publisherText({ publisher }: StreamStatus, nowMs: number): string | null {
  if (publisher === null) return null;
  const { address, program, sinceMs } = publisher;
  return `${address}${program === "" ? "" : ` (${program})`}, since ${momentText(sinceMs, nowMs)}`;
}

function inputFact({ label, state, retryAtMs, lastError }: InputStatus, nowMs: number): [string, string] {
  const retry = retryAtMs === null ? "" : `, retrying in ${spanText(retryAtMs - nowMs)}`;
  return ["input", `${label}: ${state}${retry}${lastError === null ? "" : `; ${lastError}`}`];
}

/** `rtmps://a.rtmps.youtube.com/live2/…: up for 2 h 5 min` */
function pushFact(push: PushStatus, nowMs: number): readonly [string, string] {
  const { target, state, sinceMs, skips, retryAtMs, lastError } = push;
  const skipped = skips === 0 ? "" : `, ${skips} ${skips === 1 ? "skip" : "skips"}`;
  const retry = retryAtMs === null ? "" : `, retrying in ${spanText(retryAtMs - nowMs)}`;
  const words = state === "up" ? `up for ${spanText(nowMs - sinceMs)}${skipped}` : `${state}${retry}`;
  return ["push", `${target}: ${words}${state === "up" || lastError === null ? "" : `; ${lastError}`}`];
}

/** `on for 2 h 5 min, 13 segments, 2.1 GB in /srv/rec` */
function recordingText({ recording }: StreamStatus, nowMs: number): string | null {
  if (recording === null) return null;
  const { state, sinceMs, segments, bytes, folder, skips, lastError } = recording;
  const words: Readonly<Record<typeof state, string>> = {
    recording: `on for ${spanText(nowMs - sinceMs)}`,
    waiting: "waiting for the stream",
    "off-hours": "off at this time of day",
    paused: `paused for ${spanText(nowMs - sinceMs)}`,
  };
  const parts = [
    words[state],
    `${segments} ${segments === 1 ? "segment" : "segments"}`,
    `${byteText(bytes)} in ${folder}`,
    ...(skips === 0 ? [] : [`${skips} ${skips === 1 ? "skip" : "skips"}`]),
  ];
  return `${parts.join(", ")}${state === "paused" && lastError !== null ? `; ${lastError}` : ""}`;
}

function silentFact({ label, silentTracks }: InputStatus): (readonly [string, string])[] {
  return silentTracks.map((track) => ["silent", `${label}: has sent no ${track} so far`]);
}

function encoderText({ encoder, encoderReason, encoderLagMs }: StreamStatus): string | null {
  if (encoder === null) return null;
  const isNamed = encoderReason?.startsWith(encoder) === true;
  const told = encoderReason === null ? encoder : isNamed ? encoderReason : `${encoder}: ${encoderReason}`;
  if (encoderLagMs === null) return told;
  const behind = `${(encoderLagMs / 1000).toFixed(1)} s behind`;
  return `${told}, ${behind}: use a smaller --size, lower --fps or faster --encoder`;
}

function videoText({ size, fps, bitrateKbps, keyIntervalMs }: StreamStatus): string | null {
  const parts = [
    size,
    fps === null ? null : `${Math.round(fps * 10) / 10} fps`,
    bitrateKbps === null ? null : `${Math.round(bitrateKbps)} kbit/s`,
    keyIntervalMs === null ? null : keyFramesText(keyIntervalMs),
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.join(", ");
}

/** The next one of a long interval may be yet to come. */
function keyFramesText(intervalMs: number): string {
  const seconds = intervalMs / 1000;
  return seconds < 10
    ? `key frame every ${Math.round(seconds * 10) / 10} s`
    : `no key frame for ${Math.round(seconds)} s`;
}

function damagedText({ damagedUnits }: StreamStatus): string | null {
  return damagedUnits === 0 ? null : `${damagedUnits} damaged units from the inputs dropped`;
}

function restartsText(restarts: number, inputs: readonly InputStatus[]): string {
  const each = inputs
    .filter((input) => input.restarts > 0)
    .map((input) => `${input.label} ${input.restarts}`);
  return inputs.length > 1 && each.length > 0 ? `${restarts} (${each.join(", ")})` : String(restarts);
}

function factLines([label, text]: readonly [string, string | null]): readonly string[] {
  if (text === null) return [];
  const indent = " ".repeat(INDENT + LABEL_WIDTH);
  return wrapped(plain(text), COLUMNS - indent.length).map((line, index) =>
    index === 0 ? `${" ".repeat(INDENT)}${label.padEnd(LABEL_WIDTH)}${line}` : `${indent}${line}`,
  );
}
