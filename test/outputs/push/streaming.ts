import { encodeAmf0 } from "../../../src/media/flv/amf0.ts";
import { TagType } from "../../../src/media/flv/layout.ts";
import type { FlvMessage } from "../../../src/media/flv/message.ts";
import { Demand } from "../../../src/outputs/demand.ts";
import { FanOut } from "../../../src/outputs/fan-out.ts";
import type { StreamInfo } from "../../../src/outputs/output.ts";
import { pushOpener } from "../../../src/outputs/push/open.ts";
import { PushOutput } from "../../../src/outputs/push/push-output.ts";
import type { PushTarget } from "../../../src/outputs/push/target.ts";
import { LagWatch } from "../../../src/system/lag-watch.ts";
import { LookUps } from "../../../src/system/look-ups.ts";
import { RecordingOutput } from "../recording-output.ts";
import { timed } from "../timed.ts";
import { type Publication, RtmpServer, type RtmpServerOptions } from "./rtmp-server.ts";

export const BOTH: StreamInfo = { tracks: { video: true, audio: true }, rates: {}, encoderName: "test" };

/** What ends after each test. */
export const closing: (() => Promise<unknown>)[] = [];

export async function closeAll(): Promise<void> {
  await Promise.all(closing.splice(0).map((close) => close()));
}

export async function serving(options?: RtmpServerOptions): Promise<RtmpServer> {
  const server = await RtmpServer.listen(options);
  closing.push(() => server.close().catch(() => undefined));
  return server;
}

export function target(url: string, more: Partial<PushTarget> = {}): PushTarget {
  const shown = url.replace(/[^/]*$/, "…");
  return { ...{ url, shown, audio: "auto", maxLagMs: 5000, insecure: false, when: "always" }, ...more };
}

/** A stream with its pushes, and what is told of them. */
export class Streaming {
  readonly demand = new Demand();
  readonly watching = new Demand(this.demand);
  readonly told: string[] = [];
  readonly fanOut = new FanOut({
    live: new RecordingOutput(),
    onFailed: (_, error) => this.told.push(String(error)),
    demand: this.demand,
  });
  readonly pushes = new PushOutput({
    ...{ name: "door", demand: this.demand, watching: this.watching },
    ...{ open: pushOpener(new LookUps(), "test"), lagWatch: new LagWatch() },
    redactor:
      ({ url }) =>
      (text) =>
        text.replaceAll(url.slice(url.lastIndexOf("/") + 1), "…"),
    onUp: ({ shown }) => this.told.push(`up ${shown.replace(/\d{4,}/, "PORT")}`),
    onUnlisted: (_, codecs) => this.told.push(`unlisted: ${codecs.join(" and ")}`),
    onDown: (_, why) => this.told.push(`down: ${why}`),
  });

  constructor(targets: readonly PushTarget[]) {
    this.set(targets);
    this.fanOut.add(this.pushes, { isCounted: false });
    closing.push(() => this.fanOut.end());
  }

  set(targets: readonly PushTarget[]): void {
    this.pushes.setTargets(targets, { viewerTimeoutMs: 20_000 });
  }

  send(story: string): void {
    for (const word of story.split(" ")) this.fanOut.push(timed(word));
    this.fanOut.flush();
  }

  get states(): string {
    return this.pushes
      .statuses()
      .map(({ state }) => state)
      .join(" ");
  }
}

const onMetaData = Buffer.from(encodeAmf0("onMetaData"));

export function wordOf({ type, timestampMs, body }: FlvMessage): string {
  return `${roleOf(type, body)}@${timestampMs}`;
}

function roleOf(type: number, body: Uint8Array): string {
  if (type === TagType.script)
    return onMetaData.equals(body.subarray(0, onMetaData.length)) ? "metadata" : "script";
  if (type === TagType.audio) return body[1] === 0 ? "audio-config" : "audio";
  if (body[1] === 0) return "video-config";
  return body[0] === 0x17 ? "key" : "delta";
}

export const storyOf = (publication: Publication | undefined) =>
  publication?.messages.map(wordOf).join(" ") ?? "";
