import { once } from "node:events";
import { expect, test } from "vitest";
import {
  endSignals,
  forcedExitCode,
  keepHangupIgnored,
  Signals,
  whileWanted,
} from "../../src/cli/signals.ts";
import { FakeIo } from "./fake-io.ts";

const underNohup = { _: "/usr/bin/nohup" };

test("a forced end has the exit code that shells give it", () => {
  expect([forcedExitCode("SIGINT"), forcedExitCode("SIGTERM")]).toEqual([130, 143]);
});

test("work that a signal ends knows which it was", async () => {
  const io = new FakeIo();
  const work = whileWanted(underNohup, io.asIo, async (signal) => {
    await once(signal, "abort");
    return signal.reason as unknown;
  });
  io.emit("SIGTERM", "SIGTERM");
  expect(await work).toBe("SIGTERM");
  expect(io.eventNames()).toEqual([]);
});

test("SIGHUP ends nothing where it was ignored", () => {
  expect(endSignals(underNohup)).toEqual(["SIGINT", "SIGTERM"]);
  const io = new FakeIo();
  keepHangupIgnored(underNohup, io.asIo);
  expect(io.eventNames()).toEqual(["SIGHUP"]);
});

test("the first signal stops the stream, any further one ends it at once, and none after it was let go", () => {
  const io = new FakeIo();
  const calls: string[] = [];
  const stream = { stop: async () => void calls.push("stop"), kill: () => void calls.push("kill") };
  const signals = new Signals(io.asIo, stream, endSignals(underNohup));
  io.emit("SIGTERM", "SIGTERM");
  expect([calls, io.exitCode]).toEqual([["stop"], null]);
  io.emit("SIGINT", "SIGINT");
  expect([calls, io.exitCode]).toEqual([["stop", "kill"], 130]);
  io.emit("SIGTERM", "SIGTERM");
  expect([calls, io.exitCode]).toEqual([["stop", "kill", "kill"], 143]);
  signals.release();
  expect(io.eventNames()).toEqual([]);
});
