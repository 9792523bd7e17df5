import { expect, it } from "vitest";
import { configJsonSchema } from "../../src/config/schema.ts";
import { shownConfig } from "../../src/config/show.ts";
import { faultsOf, parse } from "./parsed.ts";

const FILE = `record-keep-free: 5%
publish: any
defaults:
  record: { folder: rec, keep: 2d, path: "%name/%H" }
streams:
  a: test
  b: { device: test, record: { keep: forever, max-size: 50GB } }
  c: { device: test, record: /srv/c }
  d: { device: test, record: none }
  e: { device: test, record: { when: 22:00-06:00 }, record-segment: 1m }
published:
  record: { folder: ./guests, when: watched }
`;

it("record is a folder, or a map of which each key has its own default", () => {
  const { settings } = parse(FILE);
  expect(settings.server.recordKeepFree).toEqual({ percent: 5 });
  const inherited = { folder: "/srv/rec", keepMs: 2 * 86_400_000, path: "%name/%H" };
  expect(settings.streams.map(({ channel }) => channel.record)).toMatchObject([
    { ...inherited, segmentMs: 600_000, when: "always" },
    { ...inherited, keepMs: null, maxBytes: 50_000_000_000 },
    { ...inherited, folder: "/srv/c" },
    null as never,
    { ...inherited, when: { fromMinute: 1320, toMinute: 360 }, segmentMs: 60_000 },
  ]);
  expect(settings.published?.channel.record).toMatchObject({ folder: "/srv/guests", when: "watched" });
});

it("is shown key by key, and read again as the same", () => {
  const shown = shownConfig(parse(FILE), null);
  const lines = shown.split("\n").filter((line) => line.includes("record"));
  expect(lines.slice(0, 9).map((line) => line.trim())).toEqual([
    "record-keep-free: 5%",
    "record: /srv/rec",
    'record-path: "%name/%H"',
    "record-segment: 600s",
    "record-keep: 2d",
    "record-when: always",
    "record-sync: 5s",
    "record-time-zone: utc",
    "record: /srv/rec",
  ]);
  expect(parse(shown).settings).toEqual(parse(FILE).settings);
});

it.each([
  ["recordPath: /r", "streams.a.recordPath: unknown; did you mean record-path?"],
  ["recordSegmentDuration: 1h", "streams.a.recordSegmentDuration: unknown; did you mean record-segment?"],
  ["recordDeleteAfter: 1d", "streams.a.recordDeleteAfter: unknown; did you mean record-keep?"],
  ["record: yes", "streams.a.record: yes is not a folder: use a path, or none"],
  ["record: { folder: /r, deleteAfter: 1d }", "streams.a.record.deleteAfter: unknown; did you mean keep?"],
  [
    "record: { folder: /r, segmentDuration: 1h }",
    "streams.a.record.segmentDuration: unknown; did you mean segment?",
  ],
  ["record: { folder: /r, keep: 7 }", "streams.a.record.keep: 7 is not a time"],
  ["record: { keep: 7d }", "streams.a: record-keep has no effect without record"],
  [
    "record: { folder: /r, keep: 2d }\n    record-keep: 1d",
    "flvcast.yml:5:18: streams.a.record-keep: already given in line 4, as streams.a.record.keep",
  ],
  [
    "linger: 5s\n    on-demand: { linger: 1m }",
    "flvcast.yml:5:26: streams.a.on-demand.linger: already given in line 4, as streams.a.linger",
  ],
  ["record-keep-free: 1GB", "streams.a.record-keep-free: belongs at the top: all streams share it"],
])("%s is refused with what was meant", (line, fault) => {
  const [told] = faultsOf(`streams:\n  a:\n    device: test\n    ${line}\n`);
  expect(told).toContain(fault);
});

it("the schema takes both forms", () => {
  const { properties } = JSON.parse(configJsonSchema()) as {
    properties: { defaults: { anyOf: readonly { properties?: Record<string, unknown> }[] } };
  };
  const [stream] = properties.defaults.anyOf;
  expect(JSON.stringify(stream?.properties?.["record"])).toMatch(/"folder".*"max-size".*"time-zone"/);
});
