import { describe, expect, test } from "vitest";
import { manual } from "../../../src/cli/manual.ts";
import { manualPage } from "../../../src/cli/shell/man.ts";
import { startOptions } from "../../../src/settings/start-options.ts";
import { commands } from "./described.ts";
import { isHere, runShell } from "./run-shell.ts";

const date = new Date(Date.UTC(2026, 0, 31));

test("the page tells of every option of start, and of every command", async () => {
  const page = await manual(date);
  for (const { flag } of Object.values(startOptions))
    expect(page).toContain(String.raw`\fB\-\-${flag.replaceAll("-", String.raw`\-`)}\fR`);
  for (const name of ["start", "devices", "encoders", "doctor", "completion"])
    expect(page).toContain(`.SS flvcast ${name}\n`);
});

const facts = { version: "1.2.3", date: "2026-01-31", commands };

test("a command is told of with its options by group, its examples and what else there is to know", () => {
  const page = manualPage({ ...facts, exitCodes: [] });
  const [command = ""] = page.split(".SS flvcast ").slice(1);
  expect(command).toBe(String.raw`start
.B flvcast start \-\-device DEVICE
.PP
Captures \(aqit\(aq \e and more.
.PP
Running:
.TP
\fB\-\-device\fR \fIDEVICE\fR
a camera (cam0), [or] a file: either
.TP
\fB\-\-encoder\fR \fINAME\fR
ffmpeg\(aqs encoder, or auto (default: auto)
.TP
\fB\-\-name\fR \fINAME\fR
the stream\(aqs name
.TP
\fB\-\-ffmpeg\fR \fIPATH\fR
the ffmpeg to run
.PP
Files:
.TP
\fB\-\-loop\fR
again and again
.PP
Examples:
.TP
.B flvcast start \-\-device \(ti/a.mp4
a file
.PP
\&.hidden is no request
`);
});

test("a word of its own has no dashes, and a letter stands before its option", () => {
  const page = manualPage({ ...facts, exitCodes: [] });
  expect(page).toContain(".TP\n.I NAME\nwhich stream\n");
  expect(page).toContain(String.raw`\fB\-u\fR, \fB\-\-user\fR`);
  expect(page).not.toContain(String.raw`\-\-stream`);
});

test("the head has the date, the usages a line each, and the exit codes their meaning", () => {
  const lines = manualPage({
    ...facts,
    exitCodes: [
      [0, "done"],
      [1, `${"a".repeat(70)} ${"b".repeat(6)} ${"c".repeat(71)} dddd eeee`],
    ],
  }).split("\n");
  expect(lines[0]).toBe('.TH FLVCAST 1 2026-01-31 "flvcast 1.2.3" "User Commands"');
  const usages = lines.slice(lines.indexOf(".SH SYNOPSIS") + 1, lines.indexOf(".SH DESCRIPTION"));
  expect(usages).toEqual([
    ...[String.raw`flvcast start \-\-device DEVICE`, ".br", "flvcast completion SHELL", ".br"],
    ...[String.raw`flvcast service install \-\- START\-FLAGS`, ".br", "flvcast service print"],
  ]);
  const codes = lines.slice(lines.indexOf(".SH EXIT STATUS") + 1, lines.indexOf(".SH FILES"));
  expect(codes).toEqual([
    ...[".TP", ".B 0", "done", ".TP", ".B 1"],
    ...["a".repeat(70), "bbbbbb", `${"c".repeat(71)} dddd`, "eeee"], // 76 columns at most
  ]);
});

test("a command line keeps its quotes", async () => {
  const page = await manual(date);
  expect(page).toContain(String.raw`.B eval \(dq$(flvcast completion bash)\(dq`);
  expect(page).toContain(String.raw`jq \-r \(aq.cameras[].node\(aq`);
});

describe.runIf(isHere("mandoc"))("mandoc", () => {
  test("finds nothing wrong with the page", async () => {
    expect(runShell("mandoc", ["-Tlint"], await manual(date))).toBe("");
  });

  test("shows what can be pasted", async () => {
    const text = runShell("mandoc", ["-Tutf8"], await manual(date)).replace(/.[\b]/g, "");
    expect(text).toContain("--ready-timeout TIME");
    expect(text).toContain(
      "rpicam-vid -t 0 --inline --flush --low-latency --libav-format h264 -o - | flvcast start -",
    );
  });
});

describe.runIf(isHere("man"))("man", () => {
  test("shows the page without a complaint", async () => {
    expect(runShell("man", ["--warnings", "-l", "-"], await manual(date))).toContain("FLVCAST(1)");
  });
});
