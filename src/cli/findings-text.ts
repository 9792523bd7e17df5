import { styleText } from "node:util";
import { type Finding, type Verdict, verdictOf } from "../doctor/finding.ts";

const COLUMNS = 80;
const VERDICT_WIDTH = "failure".length;
const MAX_SUBJECT_WIDTH = 12;

const colours = { ok: "green", skipped: "dim", warning: "yellow", failure: "red" } as const satisfies Record<
  Verdict,
  string
>;

/**
 * Findings for a person: verdict, subject, text, and below it the command that fixes it. Texts are wrapped at 80
 * columns; commands are not, since they are copied.
 */
export function findingsText(findings: readonly Finding[], hasColour: boolean): string {
  const width = Math.min(MAX_SUBJECT_WIDTH, Math.max(0, ...findings.map(({ subject }) => subject.length)));
  const indent = " ".repeat(VERDICT_WIDTH + 1 + width + 1);
  const lines = findings.flatMap(({ subject, verdict, text, fix }) => {
    const [first = "", ...rest] = wrapped(printable(text), COLUMNS - indent.length);
    const mark = coloured(verdict.padEnd(VERDICT_WIDTH), verdict, hasColour);
    return [
      `${mark} ${subject.padEnd(width)} ${first}`,
      ...rest.map((line) => `${indent}${line}`),
      ...(fix === null ? [] : [`${indent}-> ${printable(fix)}`]),
    ];
  });
  return `${[...lines, "", summary(findings, hasColour)].join("\n")}\n`;
}

function summary(findings: readonly Finding[], hasColour: boolean): string {
  const verdict = verdictOf(findings);
  if (verdict === "ok") return coloured("no problems found", verdict, hasColour);
  const parts = (["failure", "warning"] as const).map((kind) => {
    const count = findings.filter((finding) => finding.verdict === kind).length;
    return count === 0 ? null : `${count} ${kind}${count === 1 ? "" : "s"}`;
  });
  return coloured(parts.filter((part) => part !== null).join(", "), verdict, hasColour);
}

function coloured(text: string, verdict: Verdict, hasColour: boolean): string {
  return hasColour ? styleText(colours[verdict], text, { validateStream: false }) : text;
}

/** Lines of at most so many columns, cut at spaces; a word longer than a line stays whole. */
export function wrapped(text: string, columns: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns) lines.push(`${lines.pop()} ${word}`);
    else lines.push(word);
  }
  return lines;
}

/** What others have named: it writes no control characters to the terminal. */
export function printable(text: string): string {
  return text.replace(/\p{C}+/gu, " ").trim();
}
