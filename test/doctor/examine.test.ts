import { expect, test, vi } from "vitest";
import { examine } from "../../src/doctor/examine.ts";
import { ok } from "../../src/doctor/finding.ts";
import { UserError } from "../../src/errors.ts";
import { contextWith } from "./fake-machine.ts";

const never = () => new Promise<never>(() => {});

test("findings come in the order of the checks, whichever ends first", async () => {
  const among = {
    slow: async () =>
      new Promise<[ReturnType<typeof ok>]>((resolve) => setImmediate(() => resolve([ok("slow", "")]))),
    quick: async () => [ok("quick", "")],
  };
  const findings = await examine(contextWith({}), { among });
  expect(findings.map(({ subject }) => subject)).toEqual(["slow", "quick"]);
});

test("a check that breaks is a warning, and the others are heard", async () => {
  const among = {
    broken: () => Promise.reject(new TypeError("x is undefined")),
    refused: () => Promise.reject(new UserError("failure", "it said no")),
    fine: async () => [ok("fine", "")],
  };
  expect(await examine(contextWith({}), { among })).toEqual([
    {
      subject: "broken",
      verdict: "warning",
      text: "unknown: x is undefined (a bug in flvcast; please report it)",
      fix: null,
    },
    { subject: "refused", verdict: "warning", text: "unknown: it said no", fix: null },
    ok("fine", ""),
  ]);
});

test("a check that never ends is a warning after its time", async () => {
  const [finding] = await examine(contextWith({}), { timeoutMs: 20, among: { stuck: never } });
  expect(finding).toMatchObject({
    subject: "stuck",
    verdict: "warning",
    text: "unknown: the check took more than 0.02 s",
  });
});

test("a check that ends leaves no timer, and what is thrown need not be an error", async () => {
  vi.useFakeTimers();
  const among = { fine: async () => [ok("fine", "")], odd: () => Promise.reject("odd") };
  const findings = await examine(contextWith({}), { among });
  expect(findings.map(({ text }) => text)).toEqual(["", "unknown: odd (a bug in flvcast; please report it)"]);
  expect(vi.getTimerCount()).toBe(0);
  vi.useRealTimers();
});

test("every check there is can look at a machine with nothing on it", async () => {
  for (const platform of ["linux", "darwin", "win32", "freebsd"] as const) {
    const findings = await examine(contextWith({ platform }, { encoders: never }), { timeoutMs: 20 });
    expect(findings.filter(({ text }) => text.includes("a bug in flvcast"))).toEqual([]);
    expect(findings.map(({ subject }) => subject)).toContain("port 8080");
  }
});
