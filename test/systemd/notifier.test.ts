import { beforeEach, expect, test } from "vitest";
import type { LogEvent } from "../../src/log.ts";
import { ServiceNotifier } from "../../src/systemd/notifier.ts";
import { FakeSystemd } from "./fake-systemd.ts";

let notices: string[];
const onNotice = ({ text }: LogEvent) => notices.push(text);
beforeEach(() => {
  notices = [];
});

const supervised = { NOTIFY_SOCKET: "/run/systemd/notify" };

test("outside of systemd nothing is run", async () => {
  const machine = new FakeSystemd();
  const notifier = new ServiceNotifier({ machine, onNotice });
  notifier.ready("on air");
  notifier.watchdog();
  await notifier.sent();
  expect([machine.runs, notices]).toEqual([[], []]);
});

test("what is told is told in sd_notify's words", async () => {
  const machine = new FakeSystemd(supervised);
  const notifier = new ServiceNotifier({ machine, onNotice });
  for (const tell of [
    () => notifier.waiting("waiting for cam0", 60_000),
    () => notifier.ready("on air"),
    () => notifier.status("on air, without mic0"),
    () => notifier.watchdog(),
    () => notifier.stopping(),
  ]) {
    tell();
    await notifier.sent();
  }
  expect(machine.runs).toEqual([
    "systemd-notify STATUS=waiting for cam0 EXTEND_TIMEOUT_USEC=60000000",
    "systemd-notify READY=1 STATUS=on air",
    "systemd-notify STATUS=on air, without mic0",
    "systemd-notify WATCHDOG=1",
    "systemd-notify STOPPING=1 STATUS=stopping",
  ]);
});

test("what comes while a message is on its way goes out as one, with the newest status", async () => {
  const machine = new FakeSystemd(supervised);
  const notifier = new ServiceNotifier({ machine, onNotice });
  notifier.status("one");
  for (const text of ["two", "three", "four"]) notifier.status(text);
  notifier.watchdog();
  await notifier.sent();
  expect(machine.runs).toEqual(["systemd-notify STATUS=one", "systemd-notify STATUS=four WATCHDOG=1"]);
});

test.each([1, 2, 3, 4, 5, 6])(
  "what comes just as a message has been sent is sent, too (%i)",
  async (steps) => {
    let told = Promise.resolve();
    const sent: string[] = [];
    const run = async (_: string, words: readonly string[]) => {
      sent.push(...words);
      if (sent.length === 1) told = later();
      return { code: 0, stdout: "", stderr: "" };
    };
    const notifier = new ServiceNotifier({ machine: { env: supervised, run }, onNotice });
    const later = async () => {
      for (let step = 0; step < steps; step++) await Promise.resolve();
      notifier.status("two");
    };
    notifier.status("one");
    await told;
    await notifier.sent();
    expect(sent).toEqual(["STATUS=one", "STATUS=two"]);
  },
);

test.each([
  ["cam0\nREADY=1\n\r\0MAINPID=1", "cam0 READY=1 MAINPID=1"],
  ["x".repeat(501), "x".repeat(500)],
])("a status cannot smuggle in another message, and has an end: %j", async (text, told) => {
  const machine = new FakeSystemd(supervised);
  const notifier = new ServiceNotifier({ machine, onNotice });
  notifier.status(text);
  await notifier.sent();
  expect(machine.runs).toEqual([`systemd-notify STATUS=${told}`]);
});

test.each([
  [null, "not installed, or hangs"],
  [
    { code: 1, stderr: "Failed to notify init system: Permission denied\n" },
    "Failed to notify init system: Permission denied",
  ],
])("a message that cannot be sent (%j) is complained of once", async (ran, why) => {
  const machine = new FakeSystemd(supervised).answer("systemd-notify", ran);
  const notifier = new ServiceNotifier({ machine, onNotice });
  for (const text of ["one", "two"]) {
    notifier.status(text);
    await notifier.sent();
  }
  expect(notices).toEqual([`cannot report to systemd, which may stop this service (systemd-notify: ${why})`]);
});
