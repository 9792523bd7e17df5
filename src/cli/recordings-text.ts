import { plain } from "../devices/called.ts";
import type { ListedSegment } from "../recordings/listed.ts";
import { byteText } from "../system/byte-text.ts";
import { localTime, spanText } from "../system/local-time.ts";

/** A table of a stream's segments, with a line where something is missing, and what it all comes to. */
export function recordingsText(segments: readonly ListedSegment[]): string {
  if (segments.length === 0) return "no recordings\n";
  const rows = segments.map(cellsOf);
  const widths = HEAD.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => aligned(cell, widths[column] ?? 0, column))
      .join("  ")
      .trimEnd();
  const lines = segments.flatMap((segment, at) => [...gapLines(segment, at), line(rows[at] ?? [])]);
  return [line(HEAD), ...lines, totalOf(segments)].map((text) => `${text}\n`).join("");
}

const HEAD = ["STARTED", "LENGTH", "SIZE", "STATE", "ID"];
const NUMBERS = [1, 2];

function cellsOf({ id, startMs, durationMs, bytes, state, isKept }: ListedSegment): readonly string[] {
  const states = [...(state === "done" ? [] : [state]), ...(isKept ? ["kept"] : [])];
  return [localTime(startMs), clockText(durationMs), byteText(bytes), plain(states.join(", ")), plain(id)];
}

/** A gap before the first one listed is of no interest. */
function gapLines({ gapBeforeMs }: ListedSegment, at: number): readonly string[] {
  return at > 0 && gapBeforeMs !== null && gapBeforeMs > 0 ? [`  gap of ${spanText(gapBeforeMs)}`] : [];
}

function totalOf(segments: readonly ListedSegment[]): string {
  const sum = (of: (segment: ListedSegment) => number) => segments.reduce((total, one) => total + of(one), 0);
  const missingMs = sum(({ gapBeforeMs }) => gapBeforeMs ?? 0) - (segments[0]?.gapBeforeMs ?? 0);
  const count = segments.length === 1 ? "1 recording" : `${segments.length} recordings`;
  const missing = missingMs > 0 ? `; ${spanText(missingMs)} missing` : "";
  return `${count}, ${clockText(sum(({ durationMs }) => durationMs))}, ${byteText(sum(({ bytes }) => bytes))}${missing}`;
}

/** `0:10:00` */
function clockText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, "0"));
  return [Math.floor(seconds / 3600), ...parts].join(":");
}

function aligned(cell: string, width: number, column: number): string {
  return NUMBERS.includes(column) ? cell.padStart(width) : cell.padEnd(width);
}
