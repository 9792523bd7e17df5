import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { Metrics } from "../../../src/server/metrics/metrics.ts";
import { type Measured, series } from "../../../src/server/metrics/series.ts";
import { FakeSink, send, somebody, videoHub } from "../../outputs/live/fakes.ts";
import { FakeStream } from "../fake-stream.ts";

const OPENING = "metadata@0 video-config@0 audio-config@0 key@0";
const stream = new FakeStream();
let measured: Measured;

beforeEach(() => {
  const hub = videoHub({ maxLagMs: 3000 });
  send(hub, OPENING);
  measured = { status: stream.status(), totals: stream.totals(), hub };
});

/** The lines of one metric. */
async function read(metrics: Metrics, name: string): Promise<readonly string[]> {
  const { text } = await metrics.read();
  return text.split("\n").filter((line) => new RegExp(`^flvcast_${name}[ {]`).test(line));
}

describe("what is measured of a channel", () => {
  it.each([
    ["stream_state", 'flvcast_stream_state{stream="cam",state="on-air"} 1'],
    ["stream_state", 'flvcast_stream_state{stream="cam",state="waiting"} 0'],
    ["encoder_info", 'flvcast_encoder_info{stream="cam",encoder="h264_vaapi"} 1'],
    ["media_frames_total", 'flvcast_media_frames_total{stream="cam",track="video"} 300'],
    ["media_bytes_total", 'flvcast_media_bytes_total{stream="cam",track="audio"} 160000'],
    ["key_frames_total", 'flvcast_key_frames_total{stream="cam"} 10'],
    ["key_frame_interval_seconds", 'flvcast_key_frame_interval_seconds{stream="cam"} 1'],
    ["frames_per_second", 'flvcast_frames_per_second{stream="cam"} 29.97'],
    ["bitrate_bytes_per_second", 'flvcast_bitrate_bytes_per_second{stream="cam"} 314037.5'],
    ["input_up", 'flvcast_input_up{stream="cam",input="mic0"} 1'],
    ["input_restarts_total", 'flvcast_input_restarts_total{stream="cam",input="cam0"} 2'],
    ["input_stalls_total", 'flvcast_input_stalls_total{stream="cam",input="cam0"} 1'],
    ["batch_interval_seconds", 'flvcast_batch_interval_seconds{stream="cam"} 0'],
  ])("%s", async (name, line) => {
    expect(await read(new Metrics(() => [measured]), name)).toContain(line);
  });

  it("is read each time, and never counted twice", async () => {
    const metrics = new Metrics(() => [measured]);
    for (const videoFrames of [300, 330, 330]) {
      measured = { ...measured, totals: { ...measured.totals, videoFrames } };
      expect(await read(metrics, "media_frames_total")).toContain(
        `flvcast_media_frames_total{stream="cam",track="video"} ${videoFrames}`,
      );
    }
  });

  it("is left out where there is nothing yet", async () => {
    const status = { ...measured.status, encoder: null, inputs: [] };
    const totals = { ...measured.totals, keyIntervalMs: null };
    const metrics = new Metrics(() => [{ status, totals, hub: null }]);
    for (const name of ["encoder_info", "input_up", "key_frame_interval_seconds", "sent_bytes_total"])
      expect(await read(metrics, name)).toEqual([]);
    for (const name of ["batch_interval_seconds", "viewer_skips_total", "viewer_disconnects_total"])
      expect(await read(metrics, name)).toEqual([]);
  });

  it("is nothing where nothing came, and nobody watches", async () => {
    const status = { ...measured.status, fps: null, bitrateKbps: null };
    const metrics = new Metrics(() => [{ ...measured, status, hub: null }]);
    for (const name of ["frames_per_second", "bitrate_bytes_per_second"])
      expect(await read(metrics, name)).toEqual([`flvcast_${name}{stream="cam"} 0`]);
    expect(await read(metrics, "viewers")).toEqual(
      ["http/1.1", "http/1.0", "websocket"].map(
        (transport) => `flvcast_viewers{stream="cam",transport="${transport}"} 0`,
      ),
    );
  });

  it("of an input that waits is that it is not up", async () => {
    const inputs = measured.status.inputs.map((input) => ({ ...input, state: "waiting" as const }));
    const metrics = new Metrics(() => [{ ...measured, status: { ...measured.status, inputs } }]);
    expect(await read(metrics, "input_up")).toContain('flvcast_input_up{stream="cam",input="cam0"} 0');
  });

  it("that is over is told no more", async () => {
    let all = [measured];
    const metrics = new Metrics(() => all);
    expect(await read(metrics, "key_frames_total")).toHaveLength(1);
    all = [];
    for (const name of ["key_frames_total", "frames_per_second"])
      expect(await read(metrics, name)).toEqual([]);
  });

  it("has the version of who tells it", async () => {
    expect(await read(new Metrics(() => []), "build_info")).toEqual([
      expect.stringMatching(/^flvcast_build_info\{version="\d+\.\d+\.\d+[^"]*"\} 1$/),
    ]);
  });
});

describe("viewers", () => {
  it("are counted by transport while they are here, and by reason when they are not", async () => {
    const { hub } = measured;
    const metrics = new Metrics(() => [measured]);
    const [one, two, three] = [1, 2, 3].map((id) => hub?.join(new FakeSink(), { ...somebody, id }));
    const atFirst = await read(metrics, "viewers");
    expect(atFirst).toContain('flvcast_viewers{stream="cam",transport="http/1.0"} 3');
    if (one) hub?.leave(one);
    if (two) hub?.remove(two);
    if (three) {
      hub?.look(three, 0, 0);
      hub?.look(three, 0, 60_000);
    }
    expect(await read(metrics, "viewers")).toContain('flvcast_viewers{stream="cam",transport="http/1.0"} 0');
    expect(await read(metrics, "viewer_disconnects_total")).toEqual(
      ["stalled", "removed", "left"].map(
        (reason) => `flvcast_viewer_disconnects_total{stream="cam",reason="${reason}"} 1`,
      ),
    );
  });

  it("have their lag told at each look, from the first reading on", async () => {
    const { hub } = measured;
    const metrics = new Metrics(() => [measured]);
    expect(await read(metrics, "viewer_lag_seconds_count")).toEqual([
      'flvcast_viewer_lag_seconds_count{stream="cam"} 0',
    ]);
    const viewer = hub?.join(new FakeSink(), somebody);
    if (hub == null || viewer === undefined) throw new Error("there is a channel");
    hub.look(viewer, viewer.sentBytes, 0);
    send(hub, "key@700");
    hub.look(viewer, viewer.sentBytes - 1, 1000);
    send(hub, "key@90000");
    hub.look(viewer, 0, 2000);
    const lines = (await metrics.read()).text.split("\n");
    const of = 'stream="cam"';
    expect(lines).toEqual(
      expect.arrayContaining([
        `flvcast_viewer_lag_seconds_bucket{le="0.05",${of}} 2`,
        `flvcast_viewer_lag_seconds_bucket{le="3",${of}} 3`,
        `flvcast_viewer_lag_seconds_count{${of}} 3`,
        `flvcast_viewer_lag_seconds_sum{${of}} 3`,
      ]),
    );
  });

  it("have their lag told in steps that dashboards may name", async () => {
    const lines = await read(new Metrics(() => [measured]), "viewer_lag_seconds_bucket");
    expect(lines.map((line) => /le="([^"]+)"/.exec(line)?.[1])).toEqual([
      "0.05",
      "0.1",
      "0.25",
      "0.5",
      "1",
      "2",
      "3",
      "5",
      "10",
      "+Inf",
    ]);
  });

  it("have what was sent to them counted after they have left", async () => {
    const { hub } = measured;
    const metrics = new Metrics(() => [measured]);
    const sink = new FakeSink();
    const viewer = hub?.join(sink, somebody);
    const line = `flvcast_sent_bytes_total{stream="cam"} ${sink.bytes.length}`;
    expect(await read(metrics, "sent_bytes_total")).toEqual([line]);
    if (viewer) hub?.leave(viewer);
    expect(await read(metrics, "sent_bytes_total")).toEqual([line]);
  });
});

it("the process is measured, too, under the names that dashboards know", async () => {
  const { contentType, text } = await new Metrics(() => []).read();
  await new Metrics(() => []).read(); // another one is no other process
  expect(contentType).toBe("text/plain; version=0.0.4; charset=utf-8");
  for (const name of [
    "nodejs_eventloop_lag_p99_seconds",
    "process_resident_memory_bytes",
    "process_open_fds",
  ])
    expect(text.split("\n").filter((line) => line.startsWith(`${name} `))).toHaveLength(1);
});

it("every metric is in docs/api.md, and no other", () => {
  const told = [...readFileSync("docs/api.md", "utf8").matchAll(/^\| `(flvcast_\w+)`/gm)].map(
    ([, name]) => name,
  );
  const known = [
    ...series.map(({ name }) => `flvcast_${name}`),
    "flvcast_viewer_lag_seconds",
    "flvcast_build_info",
  ];
  expect(new Set(told)).toEqual(new Set(known));
});
