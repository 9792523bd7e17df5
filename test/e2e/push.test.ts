import { existsSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { FlvDemuxer, type FlvTagEvent } from "../../src/media/flv/demuxer.ts";
import { TagType } from "../../src/media/flv/layout.ts";
import type { FlvMessage } from "../../src/media/flv/message.ts";
import { RtmpServer } from "../outputs/push/rtmp-server.ts";
import { mustRun } from "../run.ts";
import { startFlvcast } from "../start-flvcast.ts";
import { RTMP_MODULE, startNginxRtmp } from "./proxies.ts";

const card = ["--device", "test", "--name", "card", "--size", "320x240", "--gop", "1"];

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

async function pushed(url: string, more: readonly string[] = []) {
  const stream = await startFlvcast([...card, ...more], { FLVCAST_PUSH: url });
  closing.push(() => stream.stop());
  return stream;
}

/** The tags of a viewer's first seconds. */
async function watched(url: string, tags: number): Promise<readonly FlvTagEvent[]> {
  const response = await fetch(url);
  const demuxer = new FlvDemuxer();
  const found: FlvTagEvent[] = [];
  for await (const chunk of response.body ?? []) {
    found.push(...demuxer.push(chunk as Uint8Array).filter((event) => event.kind === "tag"));
    if (found.length >= tags) break;
  }
  return found;
}

const isMedia = ({ type }: Pick<FlvMessage, "type">) => type !== TagType.script;
const idOf = ({ type, timestampMs, body }: FlvMessage) =>
  `${type}@${timestampMs} ${Buffer.from(body).toString("base64")}`;

it("another server gets, byte by byte and at the same times, what viewers get", async () => {
  const server = await RtmpServer.listen();
  closing.push(() => server.close());
  const stream = await pushed(server.url("topsecret"));
  const { url } = stream;
  const tags = (await watched(url, 200)).filter(isMedia).map(idOf);
  const sent = () => server.publications[0]?.messages.filter(isMedia).map(idOf) ?? [];
  await expect.poll(() => sent().includes(tags.at(-1) ?? ""), { timeout: 30_000 }).toBe(true);
  expect(tags.filter((tag) => !sent().includes(tag))).toEqual([]);
  const metrics = await (await fetch(new URL("/metrics", url))).text();
  const labels = `{stream="card",target="rtmp://127.0.0.1:${server.port}/live/…"}`;
  expect(metrics).toContain(`flvcast_push_up${labels} 1\n`);
  expect(metrics).toMatch(/flvcast_push_sent_bytes_total\{.*\} [1-9]\d+\n/);
  const detail = await (await fetch(new URL("/api/v1/streams/card", url))).text();
  expect(JSON.parse(detail).pushes).toMatchObject([{ state: "up", reconnects: 0 }]);
  expect(stream.stderr() + metrics + detail).not.toContain("topsecret");
  await closing.pop()?.();
  expect(server.publications).toMatchObject([{ isEnded: true }]);
});

const noNginx = existsSync(RTMP_MODULE) ? null : "libnginx-mod-rtmp is not installed";
if (noNginx !== null) console.log(`skipped: pushing to nginx: ${noNginx}`);

describe.skipIf(noNginx !== null)("nginx", () => {
  it.each([
    ["as it is", []],
    ["without audio", ["--audio", "none"]],
  ])("plays to others what it is sent, %s", async (_, more) => {
    const nginx = await startNginxRtmp();
    closing.push(() => nginx.stop());
    const url = `rtmp://127.0.0.1:${nginx.port}/live/card`;
    await pushed(url, more);
    const { stderr } = await mustRun(
      ["ffmpeg", "-nostdin", "-v", "error", "-xerror", "-rw_timeout", "60000000"].concat([
        ...["-i", url, "-t", "3", "-f", "null", "-"],
      ]),
    );
    expect(stderr).toBe("");
  });
});
