import { expect, test } from "vitest";
import { type Changes, changesBetween } from "../../src/app/changes.ts";
import { settingsFromCode } from "../../src/settings/from-code.ts";
import { completeSettings, type GivenSettings } from "../../src/settings/resolve.ts";
import type { ServedStream, StreamAccess } from "../../src/settings/serve-settings.ts";

const stream = (
  name: string,
  given: Partial<GivenSettings> = {},
  access: StreamAccess | null = null,
): ServedStream => ({ channel: completeSettings({ device: "test", ...given, name }).channel, access });

/** What there is of changes, in words. */
function told({ added, removed, changed, access, duration }: Changes): readonly string[] {
  return [
    ...added.map(({ channel }) => `+${channel.name}`),
    ...removed.map((name) => `-${name}`),
    ...changed.map(({ stream: { channel }, change }) => `${change} ${channel.name}`),
    ...access.map(({ channel }) => `access ${channel.name}`),
    ...duration.map((name) => `duration ${name}`),
  ];
}

const open: StreamAccess = { auth: "none" };

test.each<[string, readonly ServedStream[], readonly ServedStream[], readonly string[]]>([
  ["the same file", [stream("a"), stream("b")], [stream("a"), stream("b")], []],
  ["another order", [stream("a"), stream("b")], [stream("b"), stream("a")], []],
  ["one more", [stream("a")], [stream("b"), stream("a")], ["+b"]],
  ["one less", [stream("a"), stream("b")], [stream("b")], ["-a"]],
  ["another name", [stream("a")], [stream("b")], ["+b", "-a"]],
  ["another device", [stream("a")], [stream("a", { device: "screen" })], ["replan a"]],
  ["another size", [stream("a")], [stream("a", { size: { width: 64, height: 48 } })], ["replan a"]],
  ["another encoder", [stream("a")], [stream("a", { encoder: "libx264" })], ["replan a"]],
  ["another audio codec", [stream("a")], [stream("a", { audioCodec: "opus" })], ["remake a"]],
  ["another latency", [stream("a")], [stream("a", { latency: "normal" })], ["replan a"]],
  ["a filter", [stream("a")], [stream("a", { rotate: 90 })], ["replan a"]],
  ["another stall time", [stream("a")], [stream("a", { stallMs: 9000 })], ["replan a"]],
  ["another history", [stream("a")], [stream("a", { historyMs: 9000 })], ["limits a"]],
  ["fewer viewers", [stream("a")], [stream("a", { maxViewers: 3 })], ["limits a"]],
  [
    "another server to push to",
    [stream("a")],
    [stream("a", { push: settingsFromCode({ device: "test", push: ["rtmp://h/live/x"] }).channel.push })],
    ["limits a"],
  ],
  ["both at once", [stream("a")], [stream("a", { maxViewers: 3, fps: 5 })], ["replan a"]],
  ["on demand", [stream("a")], [stream("a", { onDemand: true })], ["remake a"]],
  ["no longer on demand", [stream("a", { onDemand: true })], [stream("a")], ["remake a"]],
  [
    "another linger",
    [stream("a", { onDemand: true })],
    [stream("a", { onDemand: true, lingerMs: 5 })],
    ["limits a"],
  ],
  ["another end", [stream("a")], [stream("a", { durationMs: 5000 })], ["duration a"]],
  ["another token", [stream("a")], [stream("a", {}, open)], ["access a"]],
])("%s changes what it says, and no more", (_what, before, after, changes) => {
  expect(told(changesBetween(before, after))).toEqual(changes);
});
