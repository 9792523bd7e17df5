import { expect, test } from "vitest";
import { outcome } from "../../src/systemd/outcome.ts";
import { Systemctl } from "../../src/systemd/systemctl.ts";
import { FakeSystemd } from "./fake-systemd.ts";

const show = (lines: Readonly<Record<string, string>>) => ({
  stdout: Object.entries(lines)
    .map(([name, value]) => `${name}=${value}\n`)
    .join(""),
});

function outcomeOf(machine: FakeSystemd, timeoutMs = 1000): Promise<string> {
  return outcome(new Systemctl(machine, "system"), "flvcast-door.service", timeoutMs);
}

test("a service that is up is what it says of itself", async () => {
  const machine = new FakeSystemd().answer(
    "systemctl show",
    show({ ActiveState: "active", StatusText: "on air: http://127.0.0.1:8080/live/door.flv?a=b" }),
  );
  expect(await outcomeOf(machine)).toBe("on air: http://127.0.0.1:8080/live/door.flv?a=b");
});

test.each([
  { ActiveState: "failed", ExecMainStatus: "10" },
  { ActiveState: "activating", SubState: "auto-restart", ExecMainStatus: "10" },
  { ActiveState: "activating", SubState: "start", NRestarts: "1", ExecMainStatus: "10" },
])("a service that is %j fails with the start's own reason and exit code", async (state) => {
  const machine = new FakeSystemd().answer("systemctl show", show(state)).answer("journalctl", {
    stdout: "earlier\nno camera cam0. Found: none\n  /dev/video0: No such device\n",
  });
  await expect(outcomeOf(machine)).rejects.toMatchObject({
    reason: "deviceAbsent",
    message:
      "flvcast-door.service is installed but fails to start: no camera cam0. Found: none (see journalctl -u flvcast-door.service)",
  });
});

test("only what flvcast itself says of failures is looked for in the journal", async () => {
  const machine = new FakeSystemd().answer(
    "systemctl show",
    show({ ActiveState: "failed", ExecMainStatus: "10" }),
  );
  await expect(outcomeOf(machine)).rejects.toThrow(/exit code 10/);
  expect(machine.runs.find((line) => line.startsWith("journalctl"))).toContain(
    "--unit flvcast-door.service --identifier flvcast --priority err ",
  );
});

test("a failure without words tells its exit code", async () => {
  const machine = new FakeSystemd().answer(
    "systemctl show",
    show({ ActiveState: "failed", ExecMainStatus: "226" }),
  );
  await expect(outcomeOf(machine)).rejects.toThrow(/fails to start: exit code 226 \(/);
});

test("a service that has ended well, and is to be started again, has failed all the same", async () => {
  const machine = new FakeSystemd().answer(
    "systemctl show",
    show({ ActiveState: "failed", ExecMainStatus: "0" }),
  );
  machine.answer("journalctl", { stdout: "it is over\n" });
  await expect(outcomeOf(machine)).rejects.toMatchObject({ reason: "failure" });
});

test("words that come into the journal late are waited for", async () => {
  const machine = new FakeSystemd()
    .answer("systemctl show", show({ ActiveState: "failed", ExecMainStatus: "10" }))
    .answer("journalctl", { stdout: "" }, { stdout: "no camera cam0\n" });
  await expect(outcomeOf(machine)).rejects.toThrow(/fails to start: no camera cam0 \(/);
});

test("a service that is on its way is waited for", async () => {
  const machine = new FakeSystemd().answer(
    "systemctl show",
    show({ ActiveState: "inactive" }),
    show({ ActiveState: "activating", SubState: "start" }),
    show({ ActiveState: "active", StatusText: "on air" }),
  );
  expect(await outcomeOf(machine, 60_000)).toBe("on air");
  expect(machine.runs).toHaveLength(3);
});

test("a service that takes too long is left to systemd", async () => {
  const state = { ActiveState: "activating", SubState: "start", StatusText: "waiting for cam0" };
  const machine = new FakeSystemd().answer("systemctl show", show(state));
  await expect(outcomeOf(machine, 10)).rejects.toMatchObject({
    reason: "notReady",
    message:
      "flvcast-door.service is not streaming after 0 s (waiting for cam0); systemd keeps trying (see systemctl status flvcast-door.service)",
  });
});

test("a service that says nothing is left to systemd, too", async () => {
  const machine = new FakeSystemd().answer("systemctl show", show({ ActiveState: "activating" }));
  await expect(outcomeOf(machine, 0)).rejects.toThrow(/is not streaming after 0 s; systemd keeps trying/);
});
