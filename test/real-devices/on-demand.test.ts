import { afterAll, beforeAll, expect, test } from "vitest";
import { streamDetailSchema } from "../../src/server/api/schemas.ts";
import { Viewer } from "../e2e/viewer.ts";
import { flvcast } from "./cast.ts";
import type { Command } from "./command.ts";
import { plugIn } from "./drivers.ts";
import { Guest } from "./guest.ts";

const LINGER_MS = 3000;
const ROUNDS = 10;
/** Writes down its arguments, a line for each start. */
const countedFfmpeg = ["#!/bin/bash", `{ printf '%q ' "$@"; echo; } >>/tmp/starts`, 'exec ffmpeg "$@"'];
const config = [
  ...["name: house", "listen: 0.0.0.0:8080", "auth: none", "streams:"],
  "  door: { device: cam0, audio: none, size: 640x360, fps: 10, encoder: libx264, ffmpeg: /tmp/ffmpeg,",
  `          on-demand: true, linger: ${LINGER_MS / 1000}s, ready-timeout: 300s, key-wait: 60s }`,
];

let guest: Guest;
let server: Command;

beforeAll(async () => {
  guest = await Guest.boot();
  await plugIn(guest, "camera");
  await guest.write("/tmp/ffmpeg", countedFfmpeg);
  await guest.write("/tmp/flvcast.yml", config);
  await guest.shell("chmod 755 /tmp/ffmpeg; touch /tmp/starts; chmod 666 /tmp/starts");
  server = guest.start([...flvcast, "serve", "--config", "/tmp/flvcast.yml"], {
    user: "cam",
    killAfterMs: 900_000,
  });
  await server.hasSaid(/^door /);
});
afterAll(() => guest?.stop());

const base = () => `http://127.0.0.1:${guest.streamPort}`;
const watch = () => new Viewer(`${base()}/live/door.flv`);
const hasKeyFrame = ({ recording }: Viewer) => recording.keyPictures.length > 0;

async function statusNow() {
  return streamDetailSchema.parse(await (await fetch(`${base()}/api/v1/streams/door`)).json());
}

/** How often ffmpeg has been started. */
async function starts(): Promise<number> {
  return Number(await guest.shell("wc -l </tmp/starts"));
}

/** Whether a program has the camera's node open, as fuser(1) sees it. */
async function isOpen(): Promise<boolean> {
  const { exitCode } = await guest.run(["fuser", "-s", "/dev/video0"]);
  return exitCode === 0;
}

/** Resolves when no program has the node open, by a look each 50 ms. */
async function untilClosed(): Promise<void> {
  await guest.shell("while fuser -s /dev/video0; do sleep 0.05; done");
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
const shown = (values: readonly number[]) =>
  `median ${Math.round(median(values))} ms, ${Math.round(Math.min(...values))} to ${Math.round(Math.max(...values))} ms`;

/** How long the stream's own command takes to its first key frame, which comes with the first kilobytes. */
async function aloneMs(): Promise<number> {
  const startMs = performance.now();
  const sends = "{ head -c 3000 >/dev/null; echo it sends; }";
  const alone = guest.start(["bash", "-c", `tail -n 1 /tmp/starts | xargs ffmpeg | ${sends}`], {
    user: "cam",
  });
  await alone.hasSaid(/it sends/);
  const ms = performance.now() - startMs;
  await alone.ended;
  return ms;
}

/** qemu takes no more than a few connections at once, so these come from within the guest. */
const fiftyViewers = `
const watch = async () => {
  const { status, body } = await fetch("http://127.0.0.1:8080/live/door.flv");
  const { value } = await body.getReader().read();
  return status + Buffer.from(value.subarray(0, 3)).toString();
};
const all = await Promise.all(Array.from({ length: 50 }, watch));
console.log(...new Set(all));
setInterval(() => undefined, 1000);
`;

test("the camera is opened for the check at the start alone, and by nobody who does not watch", async () => {
  await untilClosed();
  expect((await statusNow()).state).toBe("idle");
  const checked = await starts();
  expect(checked).toBeGreaterThan(0);
  for (const path of ["/", "/watch/door", "/metrics", "/readyz"])
    expect((await fetch(`${base()}${path}`)).status).toBe(200);
  expect((await fetch(`${base()}/live/door.flv`, { method: "HEAD" })).status).toBe(200);
  expect([await starts(), await isOpen()]).toEqual([checked, false]);
});

test("a viewer has it opened, and it is closed when the last one has been gone for the linger", async () => {
  const before = await starts();
  const [wokenMs, heldMs]: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    const askedMs = performance.now();
    const viewer = await watch().until(hasKeyFrame);
    wokenMs.push(performance.now() - askedMs);
    const [first] = viewer.recording.pictures;
    expect([viewer.status, first?.isKey, first?.timestampMs]).toEqual([200, true, 0]);
    expect(await isOpen()).toBe(true);
    viewer.leave();
    const leftMs = performance.now();
    await untilClosed();
    heldMs.push(performance.now() - leftMs);
  }
  expect(await starts()).toBe(before + ROUNDS); // nothing is probed again
  expect(Math.min(...heldMs)).toBeGreaterThan(LINGER_MS - 50);
  const alone = [await aloneMs(), await aloneMs(), await aloneMs()];
  console.log(
    `from the request to the first key frame: ${shown(wokenMs)}; its ffmpeg alone: ${shown(alone)}`,
  );
  console.log(`closed after the last viewer, with a linger of ${LINGER_MS} ms: ${shown(heldMs)}`);
});

test("fifty who come at once start one ffmpeg, and one who comes in time after them finds it open", async () => {
  const before = await starts();
  const viewers = guest.start(["node", "--input-type=module", "-e", fiftyViewers]);
  expect(await viewers.hasSaid(/./)).toBe("200FLV");
  expect((await statusNow()).viewers).toBe(50);
  viewers.end();
  const next = await watch().until(hasKeyFrame);
  expect(await starts()).toBe(before + 1);
  next.leave();
  await untilClosed();
});

test("a viewer of a camera that was unplugged meanwhile is held until it is back", async () => {
  await guest.shell("echo vivid.0 >/sys/bus/platform/drivers/vivid/unbind");
  const viewer = watch();
  await server.hasSaid(/^flvcast: "door": camera "cam0" not found: .*; waiting for it$/);
  expect(viewer.head).toBe("");
  await guest.shell("echo vivid.0 >/sys/bus/platform/drivers/vivid/bind; udevadm settle");
  await viewer.until(hasKeyFrame);
  expect(viewer.status).toBe(200);
  viewer.leave();
});

test("ends in order", async () => {
  const viewer = await watch().until(hasKeyFrame);
  const { exitCode } = await server.stop();
  await viewer.toTheEnd();
  expect([exitCode, viewer.hasLastChunk, await isOpen()]).toEqual([0, true, false]);
});
