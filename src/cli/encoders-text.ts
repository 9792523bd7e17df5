import { type EncoderProbeOptions, firstThatWorks } from "../encoders/choose.ts";
import type { ProbeResult } from "../encoders/verdict.ts";

const COLUMNS = 80;
const INDENT = 4;

/** The results for people: one encoder on one node at a time, in at most 80 columns. */
export function encodersText(
  { ffmpeg, size }: Pick<EncoderProbeOptions, "ffmpeg" | "size">,
  results: readonly ProbeResult[],
  nowMs: number,
): string {
  const auto = firstThatWorks(results);
  const taken =
    auto === null
      ? "None works: --encoder auto fails."
      : `--encoder auto takes ${place(auto.encoder.name, auto.node)}.`;
  return [
    `ffmpeg ${ffmpeg.version}, ${size.width}x${size.height}`,
    "",
    ...results.flatMap(oneResult),
    "",
    taken,
    ...age(results, nowMs),
    "",
  ].join("\n");
}

function oneResult({ encoder, node, verdict, durationMs }: ProbeResult): readonly string[] {
  const head = `${place(encoder, node).padEnd(34)}${verdict.works ? "works" : "fails"}${`${durationMs} ms`.padStart(9)}`;
  if (verdict.works) return [`${head}  ${verdict.codec}`];
  return [head, ...wrapped(verdict.reason), ...wrapped(`→ ${verdict.fix}`)];
}

function place(encoder: string, node: string | null): string {
  return node === null ? encoder : `${encoder} on ${node}`;
}

/** How old the oldest result is, where it was not found out just now. */
function age(results: readonly ProbeResult[], nowMs: number): readonly string[] {
  const minutes = Math.floor((nowMs - Math.min(nowMs, ...results.map(({ atMs }) => atMs))) / 60_000);
  if (minutes < 1) return [];
  const told = minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h`;
  return [`Found out ${told} ago. To try again: flvcast encoders --probe`];
}

function wrapped(text: string): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last === undefined || last.length + 1 + word.length > COLUMNS) lines.push(" ".repeat(INDENT) + word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}
