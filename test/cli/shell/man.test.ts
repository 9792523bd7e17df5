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

test("a backslash, a dash and a leading dot stay what they are", () => {
  const page = manualPage({ version: "1.2.3", date: "2026-01-31", commands, exitCodes: [[0, "done"]] });
  expect(page).toContain(String.raw`\fB\-u\fR, \fB\-\-user\fR`);
  expect(page).not.toContain(String.raw`\-\-stream`);
  expect(page).toContain(String.raw`Captures 'it' \e and more.`);
  expect(page).toContain(String.raw`\&.hidden is no request`);
  expect(page).toContain(String.raw`.B flvcast start \-\-device \(ti/a.mp4`);
});

describe.runIf(isHere("mandoc"))("mandoc", () => {
  test("finds nothing wrong with the page", async () => {
    expect(runShell("mandoc", ["-Tlint"], await manual(date))).toBe("");
  });

  test("shows what can be pasted", async () => {
    const text = runShell("mandoc", ["-Tutf8"], await manual(date)).replace(/.[\b]/g, "");
    expect(text).toContain("--ready-timeout TIME");
    expect(text).toContain(
      "rpicam-vid -t 0 --inline --flush --low-latency --libav-format h264 -o - | flvcast start --device -",
    );
  });
});

describe.runIf(isHere("man"))("man", () => {
  test("shows the page without a complaint", async () => {
    expect(runShell("man", ["--warnings", "-l", "-"], await manual(date))).toContain("FLVCAST(1)");
  });
});
