import { expect, test } from "vitest";
import { createStream } from "../../src/app/start-stream.ts";
import { freshStateFolder } from "../state-folder.ts";
import { pipe, piped, statusAt, video } from "./piped-stream.ts";

async function startStream(...options: Parameters<typeof createStream>) {
  const stream = createStream(...options);
  stream.start();
  await stream.opened;
  return stream;
}

const options = () => ({ env: { CACHE_DIRECTORY: freshStateFolder(), STATE_DIRECTORY: freshStateFolder() } });

test("a stream has a server of its own, which ends with it", async () => {
  const stdin = pipe();
  const stream = await startStream(piped(), { ...options(), stdin });
  const { url } = stream.status();
  expect(await statusAt(url ?? "")).toBe(503);
  stdin.write(video);
  expect(await stream.onAir).toMatchObject({ name: "cam", url, size: "160x90" });
  await stream.stop();
  expect(await statusAt(url ?? "")).toBeNull();
});

test("it has as many viewers as it is to have", async () => {
  const stdin = pipe();
  const stream = await startStream(piped({ maxViewers: 1 }), { ...options(), stdin });
  stdin.write(video);
  const url = (await stream.onAir)?.url ?? "";
  const first = await fetch(url);
  expect([first.status, await statusAt(url)]).toEqual([200, 503]);
  await first.body?.cancel();
  await stream.stop();
});

test("a stream that is only made listens nowhere, and can be stopped", async () => {
  const stream = createStream(piped(), { ...options(), stdin: pipe() });
  expect(stream.status()).toMatchObject({ state: "starting", url: null });
  await stream.stop();
  expect(stream.status().state).toBe("ended");
});

test("a stream whose token is made keeps it under its name", async () => {
  const stdin = pipe();
  const stream = await startStream(piped({ auth: "token", name: "garden" }), { ...options(), stdin });
  stdin.write(video);
  expect((await stream.onAir)?.tokenFile).toMatch(/garden\.token$/);
  await stream.stop();
});

test("a start that cannot work fails", async () => {
  const stdin = Object.assign(pipe(), { isTTY: true });
  await expect(startStream(piped(), { ...options(), stdin })).rejects.toMatchObject({ reason: "usage" });
});
