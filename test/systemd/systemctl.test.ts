import { expect, test } from "vitest";
import type { Ran } from "../../src/system/machine.ts";
import { type Scope, Systemctl } from "../../src/systemd/systemctl.ts";
import { FakeSystemd } from "./fake-systemd.ts";

const answering = (beginning: string, ran: Partial<Ran> | null, scope: Scope = "system") =>
  new Systemctl(new FakeSystemd().answer(beginning, ran), scope);

test.each<[scope: Scope, runs: readonly string[]]>([
  [
    "system",
    [
      "systemctl --version",
      "systemctl daemon-reload",
      "systemctl reset-failed a.service",
      "systemctl show --property ActiveState,SubState,StatusText,ExecMainStatus,NRestarts a.service",
      "journalctl --unit a.service --identifier flvcast --priority err --lines 40 --output cat --no-pager",
    ],
  ],
  [
    "user",
    [
      "systemctl --user --version",
      "systemctl --user daemon-reload",
      "systemctl --user reset-failed a.service",
      "systemctl --user show --property ActiveState,SubState,StatusText,ExecMainStatus,NRestarts a.service",
      "journalctl --user-unit a.service --identifier flvcast --priority err --lines 40 --output cat --no-pager",
    ],
  ],
])("of the %s's manager each is asked in its own words", async (scope, runs) => {
  const machine = new FakeSystemd();
  machine.answer(runs[0] ?? "", { stdout: "systemd 252\n" });
  const systemctl = new Systemctl(machine, scope);
  await systemctl.version();
  await systemctl.call("daemon-reload");
  await systemctl.attempt("reset-failed", "a.service");
  await systemctl.state("a.service");
  await systemctl.lastWords("a.service");
  expect(machine.runs).toEqual(runs);
});

test("the version is the number in the first line", async () => {
  const stdout = "systemd 252 (252.39-1~deb12u1)\n+PAM +AUDIT\n";
  expect(await answering("systemctl --version", { stdout }).version()).toBe(252);
});

test.each([null, { stdout: "" }, { stdout: "systemd unknown\n" }, { stdout: "not systemd 252\n" }])(
  "a machine without systemd (%j) has no services",
  async (ran) => {
    await expect(answering("systemctl --version", ran).version()).rejects.toMatchObject({
      reason: "failure",
      message: "systemctl not found; a service needs a machine that runs systemd",
    });
  },
);

test.each<[ran: Partial<Ran> | null, scope: Scope, message: string]>([
  [null, "system", "systemctl enable a.service: no response within 60 s"],
  [{ code: 1, stderr: "hint\nAccess denied\n\n" }, "system", "systemctl enable a.service: Access denied"],
  [{ code: 1, stderr: " \n" }, "user", "systemctl --user enable a.service: it failed without a message"],
])("a call that fails (%j) is told in systemctl's own words", async (ran, scope, message) => {
  const machine = new FakeSystemd().answer("systemctl", ran);
  const calling = new Systemctl(machine, scope).call("enable", "a.service");
  await expect(calling).rejects.toMatchObject({ reason: "failure", message });
});

test.each([
  [null, false],
  [{ code: 1 }, false],
  [{ code: 0 }, true],
])("an attempt that ends with %j went well: %s", async (ran, isWell) => {
  expect(await answering("systemctl", ran).attempt("reset-failed", "a.service")).toBe(isWell);
});

test("a unit's state is what systemctl shows", async () => {
  const stdout =
    "ActiveState=activating\nSubState=auto-restart\nStatusText=on air: http://a/?b=c\nExecMainStatus=10\nNRestarts=3\n";
  expect(await answering("systemctl show", { stdout }).state("a.service")).toEqual({
    ...{ active: "activating", sub: "auto-restart", statusText: "on air: http://a/?b=c" },
    ...{ exitCode: 10, restarts: 3 },
  });
});

test.each([null, { stdout: "" }])("a unit of which nothing is shown (%j) is unknown", async (ran) => {
  expect(await answering("systemctl show", ran).state("a.service")).toEqual({
    ...{ active: "unknown", sub: "", statusText: "", exitCode: 0, restarts: 0 },
  });
});

test.each([
  [{ stdout: "earlier\nthe last\n  ffmpeg's own\n\ttoo\n\n" }, "the last"],
  [{ stdout: "  indented alone\n" }, null],
  [{ stdout: "" }, null],
  [null, null],
])("of the log %j, the last failure is %s", async (ran, words) => {
  expect(await answering("journalctl", ran).lastWords("a.service")).toBe(words);
});
