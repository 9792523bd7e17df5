import { type EncoderProbeOptions, firstThatWorks } from "../encoders/choose.ts";
import type { ProbeResult } from "../encoders/verdict.ts";
import type { Encoder } from "../ffmpeg/encoder.ts";
import { codecName, codecOf } from "../ffmpeg/encoder-table.ts";
import { spanText } from "../system/local-time.ts";
import { wrapped } from "./findings-text.ts";

const COLUMNS = 80;
const INDENT = "  ";

interface Telling {
  /** With the reasons of those that do not work. */
  readonly verbose: boolean;
  readonly nowMs: number;
}

/** What was tried, and the codecs of which. */
export interface FoundEncoders {
  readonly results: readonly ProbeResult[];
  readonly codecs: readonly Encoder["codec"][];
}

/** The results as a table of at most 80 columns: what works first. */
export function encodersText(
  { ffmpeg, size }: Pick<EncoderProbeOptions, "ffmpeg" | "size">,
  { results, codecs }: FoundEncoders,
  { verbose, nowMs }: Telling,
): string {
  const ordered = results.toSorted((one, other) => rankOf(one) - rankOf(other));
  const refused = ordered.some(({ verdict }) => !verdict.works);
  return [
    ...tableLines(ordered),
    "",
    ...codecs.map((codec) => selectedText(codec, results)),
    ...(verbose ? ordered.flatMap(reasonLines) : []),
    ...(refused && !verbose ? ["Why the others do not work: flvcast encoders --verbose"] : []),
    ...(verbose ? [""] : []),
    ...wrapped(
      `Tested ${ageText(results, nowMs)} with ffmpeg ${ffmpeg.version} at ${size.width}x${size.height}; test again with --probe.`,
      COLUMNS,
    ),
    "",
  ].join("\n");
}

function selectedText(codec: Encoder["codec"], results: readonly ProbeResult[]): string {
  const name = codecName(codec);
  const chosen = firstThatWorks(results, codec);
  return chosen === null
    ? `No ${name} encoder works.`
    : `auto selects ${place(chosen.encoder.name, chosen.node)} for ${name}.`;
}

const HEAD = ["CODEC", "ENCODER", "DEVICE", "RESULT"];

function tableLines(results: readonly ProbeResult[]): readonly string[] {
  const rows = [
    HEAD,
    ...results.map(({ encoder, node, verdict }) => [
      ...[codecName(codecOf(encoder)), encoder, node ?? "-", word(verdict)],
    ]),
  ];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join(INDENT)
      .trimEnd(),
  );
}

function word(verdict: ProbeResult["verdict"]): string {
  if (verdict.works) return "works";
  return verdict.isAbsent ? "not available" : "fails";
}

/** What works, in the table's order, then what fails, then what is not there. */
function rankOf({ verdict }: ProbeResult): number {
  if (verdict.works) return 0;
  return verdict.isAbsent ? 2 : 1;
}

function reasonLines({ encoder, node, verdict }: ProbeResult): readonly string[] {
  if (verdict.works) return [];
  const lines = [...wrapped(verdict.reason, COLUMNS - INDENT.length), ...fixLines(verdict.fix)];
  return ["", place(encoder, node), ...lines.map((line) => INDENT + line)];
}

function fixLines(fix: string): readonly string[] {
  const [first = "", ...rest] = wrapped(fix, COLUMNS - INDENT.length - ARROW.length);
  return [ARROW + first, ...rest.map((line) => " ".repeat(ARROW.length) + line)];
}

const ARROW = "-> ";

function place(encoder: string, node: string | null): string {
  return node === null ? encoder : `${encoder} on ${node}`;
}

function ageText(results: readonly ProbeResult[], nowMs: number): string {
  const ageMs = nowMs - Math.min(nowMs, ...results.map(({ atMs }) => atMs));
  return ageMs < 60_000 ? "just now" : `${spanText(ageMs)} ago`;
}
