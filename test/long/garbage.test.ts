import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import { makeFolder } from "../e2e/folder.ts";
import { Program, start, stopAll } from "../e2e/program.ts";
import { makeSource, publishing, publishUrl, stopPublishers } from "../e2e/publisher.ts";
import { expectUnbroken } from "../e2e/unbroken.ts";
import { Viewer } from "../e2e/viewer.ts";
import { freshStateFolder } from "../state-folder.ts";

const folder = makeFolder();
const source = folder.file("source.flv");
beforeAll(() => makeSource(source));
afterEach(async () => {
  await stopPublishers();
  await stopAll();
});
afterAll(() => folder.remove());

const greeting = Buffer.concat([Buffer.of(3), Buffer.alloc(1536, 7)]);
const handshake = Buffer.concat([greeting, Buffer.alloc(1536, 7)]);
const hex = (text: string) => Buffer.from(text.replaceAll(" ", ""), "hex");

/** What comes to an open port, and what somebody would send who means harm. */
const kinds: readonly (readonly Buffer[])[] = [
  [],
  [Buffer.from("GET / HTTP/1.1\r\nHost: a\r\n\r\n")],
  [Buffer.alloc(3000, 3)],
  [hex("1603010200")],
  [greeting],
  [greeting.subarray(0, 700)],
  [handshake, hex("03 000000 ffffff 14 00000000"), Buffer.alloc(200_000, 0x41)], // a command of 16 MB
  [handshake, hex("02 000000 000004 01 00000000 7fffffff")], // chunks of 2 GB
  [
    handshake,
    ...Array.from({ length: 60 }, (_, id) =>
      hex(`${(id + 3).toString(16).padStart(2, "0")} 000000 0fffff 09 01000000`),
    ),
  ],
];

const FLOODS = 1000;
const AT_ONCE = 100;
const MAX_GROWTH_MB = 64;

const rssMb = (pid: number) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;

it("a thousand connections of garbage beside a publisher: its viewer sees nothing of them, and memory is bounded", async () => {
  const env = { RUNTIME_DIRECTORY: freshStateFolder(), STATE_DIRECTORY: freshStateFolder() };
  const stream = start(["door=rtmp", "--rtmp-port", "0"], { env });
  const url = await publishUrl("door", env);
  publishing(source, url);
  const viewer = new Viewer(await stream.firstLine());
  await viewer.until(({ recording }) => recording.spanMs > 2000);
  const port = Number(new URL(url.replace("rtmp", "http")).port);
  const beforeMb = rssMb(stream.pid);
  let mostMb = beforeMb;
  const drips: NodeJS.Timeout[] = [];
  const flood = async (index: number): Promise<void> => {
    const socket: Socket = connect(port, "127.0.0.1").on("error", () => undefined);
    socket.resume();
    for (const chunk of kinds[index % kinds.length] ?? []) socket.write(chunk);
    if (index % 10 === 0) drips.push(setInterval(() => socket.write(greeting.subarray(0, 1)), 500)); // slow ones
    mostMb = Math.max(mostMb, rssMb(stream.pid));
    await new Promise((resolve) => socket.once("close", resolve));
  };
  for (let from = 0; from < FLOODS; from += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, (_, index) => flood(from + index)));
  for (const drip of drips) clearInterval(drip);
  const { spanMs } = viewer.recording;
  await viewer.until(({ recording }) => recording.spanMs > spanMs + 2000);
  console.log(`memory: ${beforeMb.toFixed(0)} MB before, at most ${mostMb.toFixed(0)} MB during the floods`);
  expect(mostMb - beforeMb).toBeLessThan(MAX_GROWTH_MB);
  expect(stream.stderr).not.toContain("publisher left");
  const { stdout } = await new Program(["status", "door", "--json"], { env }).ended;
  expect(JSON.parse(stdout)).toMatchObject({ state: "on-air", restarts: 0, viewers: 1 });
  viewer.leave();
  await expectUnbroken(viewer, folder);
});
