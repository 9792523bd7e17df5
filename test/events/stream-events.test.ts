import { describe, expect, test } from "vitest";
import { variablesOf } from "../../src/events/public-event.ts";
import { StreamEvents } from "../../src/events/stream-events.ts";
import { type LogEvent, notice, warning } from "../../src/log.ts";
import { environmentName } from "../../src/settings/option.ts";
import { startOptions } from "../../src/settings/start-options.ts";
import type { InputStatus, StreamState, StreamStatus } from "../../src/stream.ts";
import { someStatus } from "../control/some-status.ts";
import { someEvent } from "./some-event.ts";

const name = "garden";

function enters(state: StreamState, before: StreamState): LogEvent {
  return { level: "debug", event: "state-changed", text: "", fields: { name, state, before } };
}

function viewer(change: "joined" | "left", viewers: number): LogEvent {
  const fields = { name, address: "10.0.0.7", viewers };
  return { level: "debug", event: `viewer-${change}`, text: `viewer ${change}`, fields };
}

const lost = (input: string) =>
  warning("input-lost", `${input} was unplugged`, { input, reason: "deviceAbsent", retryMs: 1000 });
const back = (input: string) => notice("input-back", `${input} is back`, { input });

/** A stream in this state, and its camera and microphone in theirs. */
function inState(
  state: StreamState,
  camera: InputStatus["state"] = "running",
  microphone: InputStatus["state"] = "running",
): StreamStatus {
  const [first, second] = someStatus.inputs;
  if (first === undefined || second === undefined) throw new Error("the status has two inputs");
  const inputs = [
    { ...first, state: camera, lastError: "cam0 was unplugged", reason: "deviceAbsent" },
    { ...second, state: microphone, lastError: "mic0 is busy", reason: "deviceBusy" },
  ];
  return { ...someStatus, state, inputs };
}

type Logged = readonly [log: LogEvent, status: StreamStatus | null];

/** What is told when all this is logged, one after the other. */
function told(...logs: readonly Logged[]) {
  const stream = new StreamEvents("house", name);
  return logs.flatMap(([log, status]) => stream.hear(log, status));
}

const names = (...logs: readonly Logged[]) => told(...logs).map(({ event }) => event);

const onAir = [enters("on-air", "starting"), inState("on-air")] as const;

describe("a stream is", () => {
  test("up on the air, and down when it has ended", () => {
    const [up, down] = told(onAir, [enters("ended", "on-air"), null]);
    expect(up).toMatchObject({
      ...{ event: "stream-up", server: "house", stream: "garden", state: "on-air", previous: "starting" },
      ...{ sinceMs: someStatus.sinceMs, reason: null, text: '"garden" is up', url: someStatus.url },
    });
    expect(down).toMatchObject({
      ...{ event: "stream-down", state: "ended", previous: "on-air", text: '"garden" has ended' },
      ...{ url: someStatus.url, reason: null },
    });
    expect(up?.id).not.toBe(down?.id);
  });

  test("down without its camera, whose last frame is all that is seen, and up with it", () => {
    const events = told(
      onAir,
      [enters("degraded", "on-air"), inState("degraded", "waiting")],
      [lost("cam0"), inState("degraded", "waiting")],
      [enters("on-air", "degraded"), inState("on-air")],
      [back("cam0"), inState("on-air")],
    );
    expect(events.map(({ event }) => event)).toEqual([
      ...["stream-up", "stream-down", "input-lost", "stream-up", "input-back"],
    ]);
    expect(events[1]).toMatchObject({
      ...{ reason: "deviceAbsent", text: '"garden" is down: cam0 was unplugged', state: "degraded" },
    });
    expect(events[2]).toMatchObject({ input: "cam0", reason: "deviceAbsent", text: "cam0 was unplugged" });
  });

  test("up without its microphone, and down when the camera is lost as well, which changes no state", () => {
    expect(
      names(
        onAir,
        [enters("degraded", "on-air"), inState("degraded", "running", "waiting")],
        [lost("mic0"), inState("degraded", "running", "waiting")],
        [lost("cam0"), inState("degraded", "waiting", "waiting")],
        [back("cam0"), inState("degraded", "running", "waiting")],
      ),
    ).toEqual(["stream-up", "input-lost", "input-lost", "stream-down", "input-back", "stream-up"]);
  });

  test("up while what comes on stdin does, whatever its microphone does", () => {
    const status = { ...inState("degraded", "waiting"), device: "-" };
    expect(names(onAir, [enters("degraded", "on-air"), status])).toEqual(["stream-up"]);
  });

  test("down while it waits for its device, also if it has never been up", () => {
    const waiting: StreamStatus = {
      ...{ ...someStatus, state: "waiting", inputs: [] },
      ...{ lastError: "cam0 is not connected", reason: "deviceAbsent" },
    };
    const [down, ...others] = told(
      [enters("waiting", "starting"), waiting],
      [enters("ended", "waiting"), null],
    );
    expect(down).toMatchObject({
      ...{ event: "stream-down", reason: "deviceAbsent", text: '"garden" is down: cam0 is not connected' },
    });
    expect(others).toEqual([]);
  });

  test("neither when it fails before anyone could watch", () => {
    expect(names([enters("ended", "starting"), null])).toEqual([]);
  });
});

test("viewers come and leave; the first and the last are told apart", () => {
  const status = inState("on-air");
  const events = told(
    ...([viewer("joined", 1), viewer("joined", 2), viewer("left", 1), viewer("left", 0)] as const).map(
      (log) => [log, status] as const,
    ),
  );
  expect(events.map(({ event, viewers }) => [event, viewers])).toEqual([
    ...[
      ["viewer-joined", 1],
      ["watched", 1],
      ["viewer-joined", 2],
    ],
    ...[
      ["viewer-left", 1],
      ["viewer-left", 0],
      ["unwatched", 0],
    ],
  ]);
  expect(events[0]?.viewer).toEqual({ address: "10.0.0.7" });
});

test("another encoder is told, the first one is not", () => {
  const status = inState("on-air");
  const first = notice("encoder-selected", "no hardware encoder found", { encoder: "libx264" });
  const next = notice("encoder-selected", "now libx264", { encoder: "libx264", input: "cam0" });
  expect(told([first, status], [next, status])).toMatchObject([
    { event: "encoder-changed", encoder: "libx264", input: "cam0", text: "now libx264" },
  ]);
});

test("who publishes is told when they come and when they leave", () => {
  const who = { name: "garden", address: "10.0.0.7", program: "OBS" };
  const publisher = { address: "10.0.0.7", program: "OBS" };
  const events = new StreamEvents("house", "garden");
  const joined = notice("publisher-joined", "joined", who);
  expect(events.hear(joined, null)).toMatchObject([{ event: "publisher-joined", text: "joined", publisher }]);
  const left = notice("publisher-left", "left", { ...who, why: "stopped", bytes: 7, durationMs: 9 });
  expect(events.hear(left, null)).toMatchObject([{ event: "publisher-left", text: "left", publisher }]);
});

describe("a recording", () => {
  const fields = { name, folder: "/rec" };
  const done = {
    ...{ name, segment: "20261129T140000Z", file: "/rec/garden/a.flv", startMs: 7, durationMs: 8, bytes: 9 },
    state: "done" as const,
  };

  test("is told of where it begins, pauses and goes on", () => {
    const paused = warning("recording-paused", "recording paused: no space", { name, why: "no space" });
    const logs = [notice("recording-started", "a", fields), paused, notice("recording-resumed", "b", fields)];
    expect(told(...logs.map((log) => [log, someStatus] as const))).toMatchObject([
      { event: "recording-started", stream: "garden", text: "a" },
      { event: "recording-paused", text: "recording paused: no space" },
      { event: "recording-resumed", text: "b" },
    ]);
  });

  test("is told of file by file, with its path for a program", () => {
    const [event] = told([notice("segment-done", "recorded", done), someStatus]);
    const { segment: id, name: _, ...segment } = done;
    expect(event).toMatchObject({ event: "segment-done", segment: { id, ...segment } });
    expect(event && variablesOf(event)["FLVCAST_FILE"]).toBe("/rec/garden/a.flv");
  });
});

describe("a program's variables", () => {
  test("are all set, each on one line", () => {
    expect(variablesOf(someEvent("stream-down", { reason: "deviceAbsent", text: "a\0b\nc" }))).toEqual({
      FLVCAST_EVENT: "stream-down",
      FLVCAST_FILE: "",
      FLVCAST_SERVER: "house",
      FLVCAST_STREAM: "garden",
      FLVCAST_STATE: "on-air",
      FLVCAST_REASON: "deviceAbsent",
      FLVCAST_TEXT: "a b c",
      FLVCAST_URL: "http://127.0.0.1:8080/live/garden.flv",
      FLVCAST_AT_MS: "1777600100000",
      FLVCAST_INPUT: "",
      FLVCAST_VIEWER: "",
      FLVCAST_VIEWERS: "",
      FLVCAST_TARGET: "",
      FLVCAST_PUBLISHER: "",
    });
  });

  test("set no option of a flvcast that the program runs", () => {
    const options = Object.values(startOptions).map(({ flag }) => environmentName(flag));
    expect(Object.keys(variablesOf(someEvent("watched"))).filter((one) => options.includes(one))).toEqual([]);
  });
});
