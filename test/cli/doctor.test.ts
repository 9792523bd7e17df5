import { expect, test } from "vitest";
import { runDoctor } from "../../src/cli/doctor.ts";
import { findingsText } from "../../src/cli/findings-text.ts";
import type { DoctorContext, TriedEncoder } from "../../src/doctor/context.ts";
import { failure, ok, warning } from "../../src/doctor/finding.ts";
import type { DoctorSettings } from "../../src/settings/settings.ts";
import { contextWith } from "../doctor/fake-machine.ts";
import { FakeIo } from "./fake-io.ts";

const x264: TriedEncoder = {
  name: "libx264",
  codec: "h264",
  node: null,
  isHardware: false,
  works: true,
  reason: null,
  fix: null,
};

async function run(
  flags: Record<string, string>,
  changes: Partial<DoctorContext> = {},
  { isTerminal = false, env = {} } = {},
) {
  const io = new FakeIo({ isTerminal });
  let asked: DoctorSettings | null = null;
  const code = await runDoctor(new Map(Object.entries(flags)), env, io.asIo, async (settings) => {
    asked = settings;
    const { host, port } = settings;
    return contextWith({}, { host, port, encoders: async () => [x264], ...changes });
  });
  return { code, asked, stdout: io.stdout.text, stderr: io.stderr.text };
}

test("without a failure the exit code is 0, warnings or not", async () => {
  const { code, stdout, stderr } = await run({});
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("warning cameras");
  expect(stdout).toMatch(/\n\n2 warnings\n$/);
});

test("a failure is exit code 1", async () => {
  const { code, stdout } = await run({ port: "80" }, { tryToListen: async () => "EACCES" });
  expect(code).toBe(1);
  expect(stdout).toContain("failure port 80");
  expect(stdout).toContain(" -> flvcast start DEVICE --port 8080\n");
});

test("--json is one object with the findings and the worst of their verdicts", async () => {
  const { stdout } = await run({ json: "true" });
  expect(stdout.trimEnd().split("\n")).toHaveLength(1);
  expect(JSON.parse(stdout)).toMatchObject({
    findings: expect.arrayContaining([ok("port 8080", "free on 127.0.0.1")]),
    verdict: "warning",
  });
});

test("what start would listen on is looked at, from flags or variables", async () => {
  expect((await run({ port: "9000" }, {}, { env: { FLVCAST_HOST: "0.0.0.0" } })).asked).toMatchObject({
    host: "0.0.0.0",
    port: 9000,
  });
  expect((await run({})).asked).toEqual({ host: null, port: 8080, ffmpeg: null, json: false });
  await expect(run({ port: "x" })).rejects.toThrow(/--port x is not a port/);
});

test("colour is for terminals, and for those who want it", async () => {
  const escape = "\u001b[";
  expect((await run({}, {}, { isTerminal: true })).stdout).toContain(escape);
  expect((await run({}, {}, { isTerminal: true, env: { NO_COLOR: "1" } })).stdout).not.toContain(escape);
  expect((await run({})).stdout).not.toContain(escape);
});

test("texts are wrapped at 80 columns; commands are not, since they are copied", () => {
  const command = `sudo ${"x".repeat(90)}`;
  const text = findingsText(
    [warning("firewall", "word ".repeat(40).trim(), command), ok("cam0", "fine")],
    false,
  );
  expect(text.split("\n").filter((line) => line.length > 80)).toEqual([`                 -> ${command}`]);
  expect(text).toContain("\nok      cam0     fine\n");
});

test("a device's name writes no control characters to the terminal", () => {
  expect(findingsText([failure("cam0", "evil\u001b[2J\ncam")], false)).toContain(
    "failure cam0 evil [2J cam\n",
  );
});

test("all is well where nothing is wrong", () => {
  expect(findingsText([ok("node", "v22")], false)).toBe("ok      node v22\n\nno problems found\n");
});

test("subjects stand beside each other as far as twelve letters go", () => {
  const text = findingsText([ok("x".repeat(13), "long"), ok("cam0", "short"), failure("a", "b")], false);
  expect(text).toBe(
    `ok      ${"x".repeat(13)} long\nok      cam0         short\nfailure a            b\n\n1 failure\n`,
  );
});

test("failures and warnings are counted", () => {
  const all = [failure("a", ""), failure("b", ""), warning("c", ""), ok("d", "")];
  expect(findingsText(all, false)).toMatch(/\n\n2 failures, 1 warning\n$/);
  expect(findingsText(all.slice(2), false)).toMatch(/\n\n1 warning\n$/);
});
