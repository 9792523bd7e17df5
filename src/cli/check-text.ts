import { styleText } from "node:util";
import type { Finding, Measure, Place, Severity } from "../check/finding.ts";
import type { AudioFigures, CheckReport, HttpFigures, StreamFigures, VideoFigures } from "../check/report.ts";
import { printable, wrapped } from "./findings-text.ts";

const COLUMNS = 80;
const LABEL_WIDTH = 9;
const MARK_WIDTH = "warning".length + 1;

type Colour = "red" | "yellow" | "cyan" | "green" | "bold" | "dim";

const colours = { error: "red", warning: "yellow", note: "cyan" } as const satisfies Record<Severity, Colour>;

/** What was seen, each finding, and a last line that sums it up: at most 80 columns, but for a long URL. */
export function checkText(report: CheckReport, hasColour: boolean): string {
  const paint: Paint = (text, colour) =>
    hasColour ? styleText(colour, text, { validateStream: false }) : text;
  const { target, http, stream, findings } = report;
  const lines = [
    paint(printable(target), "bold"),
    ...(http === null ? [] : fact("answer", answerText(http))),
    ...(stream === null ? [] : streamFacts(stream, http)),
    ...findings.flatMap((finding) => ["", ...findingLines(finding, paint)]),
    "",
    summary(findings, paint),
  ];
  return lines.map((line) => `${line}\n`).join("");
}

type Paint = (text: string, colour: Colour) => string;

function fact(label: string, text: string): string[] {
  return hanging(`  ${label.padEnd(LABEL_WIDTH)}`, text);
}

function hanging(head: string, text: string): string[] {
  const [first = "", ...rest] = wrapped(printable(text), COLUMNS - head.length);
  return [`${head}${first}`, ...rest.map((line) => `${" ".repeat(head.length)}${line}`)];
}

function answerText(http: HttpFigures): string {
  const { status, contentType, framing, server, connectMs, headMs, redirects } = http;
  return joined([
    status === null ? "none" : `${status} ${contentType ?? "without a type"}`,
    framing && FRAMINGS[framing],
    server && `from ${server}`,
    redirects > 0 ? `after ${redirects} redirect${redirects === 1 ? "" : "s"}` : null,
    headMs === null ? null : `connected at ${connectMs} ms, answered at ${headMs} ms`,
  ]);
}

const FRAMINGS = {
  chunked: "chunked",
  "content-length": "with Content-Length",
  close: "until close",
} as const;

function streamFacts(stream: StreamFigures, http: HttpFigures | null): string[] {
  const { video, audio } = stream;
  return [
    ...fact("video", video === null ? "none" : pictureText(video)),
    ...fact("audio", audio === null ? "none" : soundText(audio)),
    ...fact("time", timeText(stream, http)),
    ...(stream.encoder === null ? [] : fact("encoder", stream.encoder)),
  ];
}

function pictureText({ codec, size, fps, bitrateKbps, frames, longestGopMs }: VideoFigures): string {
  return joined([
    codec,
    size,
    fps && `${Math.round(fps * 10) / 10} fps`,
    bitrateKbps && `${bitrateKbps} kbit/s`,
    `${frames} frames`,
    longestGopMs && `a key frame every ${seconds(longestGopMs)}`,
  ]);
}

function soundText({ codec, sampleRateHz, channels, bitrateKbps, frames }: AudioFigures): string {
  const layout = channels === null ? null : (LAYOUTS[channels] ?? `${channels} channels`);
  return joined([
    codec,
    sampleRateHz && `${sampleRateHz} Hz`,
    layout,
    bitrateKbps && `${bitrateKbps} kbit/s`,
    `${frames} frames`,
  ]);
}

const LAYOUTS: Readonly<Record<number, string>> = { 1: "mono", 2: "stereo" };

function timeText(
  { durationMs, bytes, tags, burstMs, speed, isLive }: StreamFigures,
  http: HttpFigures | null,
) {
  const firstFrameMs = http?.firstFrameMs ?? null;
  return joined([
    `${seconds(durationMs)} in ${tags} tags, ${amount(bytes)}`,
    firstFrameMs === null ? null : `first frame at ${firstFrameMs} ms`,
    isLive && burstMs ? `${seconds(burstMs)} burst` : null,
    isLive && speed !== null ? `at ${Math.round(speed * 100)} % of real time` : null,
  ]);
}

function findingLines(finding: Finding, paint: Paint): string[] {
  const { id, severity, title, detail, count, first, worst, player, specification } = finding;
  const times = count > 1 ? `${count} times` : "";
  const mark = paint(severity.padEnd(MARK_WIDTH), colours[severity]);
  const room = COLUMNS - MARK_WIDTH - times.length;
  const indent = " ".repeat(MARK_WIDTH);
  return [
    `${mark}${paint(id, "bold")}${times === "" ? "" : `${" ".repeat(Math.max(1, room - id.length))}${times}`}`,
    ...hanging(indent, `${title}.`),
    ...labelled(indent, count > 1 ? "first" : "here", firstText(detail, first)),
    ...(worst === null || count === 1 ? [] : labelled(indent, "worst", measureText(worst))),
    ...labelled(indent, "player", player),
    ...labelled(indent, "see", specification).map((line) => paint(line, "dim")),
  ];
}

function labelled(indent: string, label: string, text: string): string[] {
  return hanging(`${indent}${label.padEnd(LABEL_WIDTH)}`, text);
}

function firstText(detail: string, place: Place | null): string {
  if (place === null) return detail;
  const { tag, offset, timestampMs } = place;
  const where = joined([
    tag === null ? null : `tag ${tag}`,
    `byte ${offset}`,
    timestampMs === null ? null : `${timestampMs} ms`,
  ]);
  return `${detail} (${where})`;
}

function measureText({ value, unit }: Measure): string {
  return `${value} ${unit}`;
}

function summary(findings: readonly Finding[], paint: Paint): string {
  const parts = (["error", "warning", "note"] as const).map((severity) => {
    const count = findings.filter((finding) => finding.severity === severity).length;
    return count === 0 ? null : paint(`${count} ${severity}${count === 1 ? "" : "s"}`, colours[severity]);
  });
  const isClean = findings.every(({ severity }) => severity === "note");
  return joined([isClean ? paint("ok", "green") : null, ...parts]);
}

function joined(parts: readonly (string | number | false | null | undefined)[]): string {
  return parts.filter(Boolean).join(", ");
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

function amount(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.round(bytes / 1000)} kB` : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
