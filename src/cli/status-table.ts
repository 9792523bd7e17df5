import { plain } from "../devices/called.ts";
import type { StreamStatus } from "../stream.ts";
import { spanText } from "../system/local-time.ts";

/** One line a stream, the head above. Where a line would not fit the terminal, the URLs stand below their streams. */
export function statusTable(
  statuses: readonly StreamStatus[],
  nowMs: number,
  columns: number | undefined,
): string {
  const isRecorded = statuses.some(({ recording }) => recording !== null);
  const all = [HEAD, ...statuses.map((status) => cellsOf(status, nowMs))];
  const rows = isRecorded ? all : all.map((cells) => cells.slice(0, -1));
  const urls = ["URL", ...statuses.map(({ url }) => url ?? "-")];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row.map((cell, column) => aligned(cell, widths[column] ?? 0, column)).join("  "),
  );
  const isNarrow = lines.some(
    (line, row) => line.length + 2 + (urls[row]?.length ?? 0) > (columns ?? Infinity),
  );
  return lines
    .map((line, row) => {
      const url = plain(urls[row] ?? "");
      if (!isNarrow) return `${line}  ${url}\n`;
      return row === 0 ? `${line}\n` : `${line}\n  ${url}\n`;
    })
    .join("");
}

const HEAD = ["NAME", "STATE", "SINCE", "VIEWERS", "FPS", "KBIT/S", "REC"];
/** From this column on, cells are numbers. */
const FIRST_NUMBER = 3;

function cellsOf(status: StreamStatus, nowMs: number): readonly string[] {
  const { name, sinceMs, viewers, fps, bitrateKbps } = status;
  return [
    plain(name),
    stateWord(status),
    spanText(nowMs - sinceMs),
    String(viewers),
    fps === null ? "-" : String(Math.round(fps * 10) / 10),
    bitrateKbps === null ? "-" : String(Math.round(bitrateKbps)),
    recordingWord(status),
  ];
}

function recordingWord({ recording }: StreamStatus): string {
  if (recording === null) return "-";
  return recording.state === "recording" ? "on" : recording.state === "paused" ? "paused" : "off";
}

export function stateWord({ state, isReachable }: StreamStatus): string {
  if (!isReachable) return "unreachable";
  return state === "on-air" ? "on air" : state;
}

function aligned(cell: string, width: number, column: number): string {
  return column < FIRST_NUMBER ? cell.padEnd(width) : cell.padStart(width);
}
