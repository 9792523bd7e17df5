import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { serviceUnit, socketOf, socketUnit } from "../../src/systemd/service-unit.ts";
import { somePlan as plan } from "./some-plan.ts";

/** The values of a key, in order. */
function values(text: string | null, key: string): readonly string[] {
  const lines = (text ?? "").split("\n").filter((line) => line.startsWith(`${key}=`));
  return lines.map((line) => line.slice(key.length + 1));
}

describe("a unit, as a whole,", () => {
  test.each([
    ["of the machine", "door.service", serviceUnit(plan)],
    [
      "of a user, with a newer systemd",
      "user.service",
      serviceUnit({ ...plan, scope: "user", systemdVersion: 254 }),
    ],
    ["of the port", "door.socket", socketUnit(plan)],
  ])("%s is %s", (_title, file, text) => {
    expect(text).toBe(readFileSync(`test/fixtures/systemd/${file}`, "utf8"));
  });

  test.each([
    ["system", ["network-online.target"]],
    ["user", []],
  ] as const)("of the scope %s waits for no socket that there is not", (scope, after) => {
    const unit = serviceUnit({ ...plan, scope, socket: null });
    expect(values(unit, "After")).toEqual(after);
    expect(values(unit, "Requires")).toEqual([]);
  });
});

describe("a service of the whole machine", () => {
  const unit = serviceUnit(plan);

  test("tells systemd when it is ready, and is watched over", () => {
    expect(values(unit, "Type")).toEqual(["notify"]);
    expect(values(unit, "NotifyAccess")).toEqual(["all"]);
    expect(values(unit, "WatchdogSec")).toEqual(["30"]);
    expect(values(unit, "ExecStart")).toEqual([
      '/usr/bin/node /opt/flvcast/bin/flvcast.js start --device "HD Webcam"',
    ]);
  });

  test("starts again after a failure, unless it is one that stays", () => {
    expect(values(unit, "Restart")).toEqual(["on-failure"]);
    expect(values(unit, "RestartPreventExitStatus")).toEqual(["2 14"]);
    expect(values(unit, "StartLimitIntervalSec")).toEqual(["0"]);
  });

  test("has a user of its own, in the groups that this machine has", () => {
    expect(values(unit, "DynamicUser")).toEqual(["yes"]);
    expect(values(unit, "SupplementaryGroups")).toEqual(["video audio"]);
    expect(values(serviceUnit({ ...plan, groups: [] }), "SupplementaryGroups")).toEqual([]);
  });

  test("is bound to no device, and lets node compile", () => {
    expect(unit).not.toMatch(/^(BindsTo|MemoryDenyWriteExecute|ProcSubset)=/m);
  });

  test("may open cameras, sound cards and graphics by their fixed numbers, also those of drivers not loaded yet", () => {
    expect(values(unit, "DeviceAllow").slice(0, 3)).toEqual(["char-81 rw", "char-116 rw", "char-226 rw"]);
    expect(values(unit, "DevicePolicy")).toEqual(["closed"]);
  });

  test("is tried again ever more rarely, where systemd can", () => {
    expect(values(unit, "RestartSteps")).toEqual([]);
    expect(values(serviceUnit({ ...plan, systemdVersion: 254 }), "RestartMaxDelaySec")).toEqual(["30"]);
  });

  test("shares its folders with no other service", () => {
    const folders = ["StateDirectory", "CacheDirectory", "RuntimeDirectory"].flatMap((key) =>
      values(unit, key),
    );
    expect(folders).toEqual(["flvcast-door", "flvcast-door", "flvcast-door"]);
  });
});

describe("a user's own service", () => {
  const unit = serviceUnit({ ...plan, scope: "user" });

  test("asks for nothing that only the machine's systemd may do", () => {
    expect(unit).not.toMatch(
      /^(DynamicUser|SupplementaryGroups|Device|CapabilityBoundingSet|Protect|Private)/m,
    );
    expect(values(unit, "NoNewPrivileges")).toEqual(["yes"]);
    expect(values(unit, "WantedBy")).toEqual(["default.target"]);
  });
});

describe("the port", () => {
  test("is held by a socket that the service needs", () => {
    expect(values(socketUnit(plan), "ListenStream")).toEqual(["0.0.0.0:8080"]);
    expect(values(serviceUnit(plan), "Requires")).toEqual(["flvcast-door.socket"]);
  });

  test("is no way around the pause after a failure", () => {
    expect(values(serviceUnit(plan), "ExecStopPost")).toEqual([
      '/bin/sh -c "[ \\"$$SERVICE_RESULT\\" = success ] || sleep 3"',
    ]);
    expect(values(serviceUnit({ ...plan, socket: null }), "ExecStopPost")).toEqual([]);
  });

  test.each([
    ["::", "[::]:8080"],
    ["fe80::1%eth0", "[fe80::1%%eth0]:8080"],
  ])("of the address %s is written %s", (host, listen) => {
    expect(values(socketUnit({ ...plan, socket: { host, port: 8080 } }), "ListenStream")).toEqual([listen]);
  });

  test.each([
    ["localhost", 8080],
    ["127.0.0.1", 0],
  ])("is left to flvcast, where systemd could not know it: %s, %i", (host, port) => {
    const socket = socketOf(host, port);
    expect(socket).toBeNull();
    expect(socketUnit({ ...plan, socket })).toBeNull();
    expect(serviceUnit({ ...plan, socket })).not.toContain(".socket");
  });
});
