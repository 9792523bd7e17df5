import { afterAll, beforeAll, expect, test } from "vitest";
import { App } from "../../src/app/app.ts";
import type { Channel } from "../../src/channel/channel.ts";
import type { Rates } from "../../src/media/flv/metadata.ts";
import { FlvPackager } from "../../src/outputs/flv-packager.ts";
import type { Output, StreamInfo, TimedPacket } from "../../src/outputs/output.ts";
import { completeSettings, type GivenSettings } from "../../src/settings/resolve.ts";
import { mustRun } from "../run.ts";
import { type Display, startDisplay } from "./display.ts";
import { type Folder, makeFolder } from "./folder.ts";
import { Viewer } from "./viewer.ts";

/** Keeps the tags of a channel as an output gets its packets. */
class TagRecorder implements Output {
  readonly name = "recorder";
  readonly tags: Buffer[] = [];
  #packager: FlvPackager | null = null;

  begin(stream: StreamInfo): void {
    this.tags.length = 0;
    this.#packager = new FlvPackager(stream);
  }

  correct(rates: Rates): void {
    this.#packager?.correct(rates);
  }

  write(packets: readonly TimedPacket[]): void {
    for (const packet of packets)
      for (const { bytes } of this.#packager?.push(packet) ?? []) this.tags.push(Buffer.from(bytes));
  }

  ready(): void {}
  startEpoch(): void {}
  end(): void {}
}

interface Watched {
  readonly channel: Channel;
  readonly recorder: TagRecorder;
  readonly viewer: Viewer;
}

let folder: Folder;
let display: Display;
let app: App;
beforeAll(async () => {
  folder = makeFolder();
  display = await startDisplay("320x240");
  const { server } = completeSettings({ device: "test", port: 0 });
  app = new App(
    { ...server, maxViewers: 100, tokenName: "server", hasPublishers: false, endsWithChannels: false },
    { env: { ...process.env, DISPLAY: display.name, XDG_CACHE_HOME: folder.path } },
  );
});
afterAll(async () => {
  await app.close();
  await display.stop();
  folder.remove();
});

const SMALL = { encoder: "libx264", size: { width: 320, height: 240 }, fps: 15 } as const;

async function onAir(
  given: GivenSettings,
): Promise<{ channel: Channel; recorder: TagRecorder; url: string }> {
  const channel = app.add(completeSettings({ ...SMALL, ...given }).channel);
  const recorder = new TagRecorder();
  channel.outputs.add(recorder);
  channel.start();
  const described = await channel.onAir;
  if (described === null) throw new Error(`${channel.name} was stopped`);
  return { channel, recorder, url: described.url };
}

async function watched(given: GivenSettings): Promise<Watched> {
  const { channel, recorder, url } = await onAir(given);
  const viewer = await new Viewer(url).until(({ recording }) => recording.tags.length > 20);
  return { channel, recorder, viewer };
}

/** The tags, framing and all, as the viewer got them: everything after the FLV header. */
function tagsOf(viewer: Viewer): readonly Buffer[] {
  const { bytes } = viewer;
  const tags: Buffer[] = [];
  for (let at = 13; at + 11 <= bytes.length; ) {
    const end = at + 11 + bytes.readUIntBE(at + 1, 3) + 4;
    if (end > bytes.length) break;
    tags.push(bytes.subarray(at, end));
    at = end;
  }
  return tags;
}

/** A key frame of H.264, with its data. */
const isKey = (tag: Buffer) => tag[0] === 9 && tag[11] === 0x17 && tag[12] === 1;

/** From the key frame with which the viewer began, every tag that the output got, and no other. */
function expectTheOutputsTags({ viewer, recorder }: Watched): void {
  const got = tagsOf(viewer);
  const live = got.slice(got.findIndex(isKey));
  const from = recorder.tags.findIndex((tag) => tag.equals(live[0] ?? Buffer.alloc(0)));
  expect(from).toBeGreaterThanOrEqual(0);
  const sent = recorder.tags.slice(from, from + live.length);
  const differs = live.findIndex((tag, index) => !tag.equals(sent[index] ?? Buffer.alloc(0)));
  expect([live.length, differs]).toEqual([sent.length, -1]);
}

/** Resolves when each viewer has got some more. */
async function goOn(streams: readonly Watched[]): Promise<void> {
  await Promise.all(
    streams.map(async ({ viewer }) => {
      const { length } = viewer.recording.tags;
      await viewer.until(({ recording }) => recording.tags.length > length + 30);
    }),
  );
}

test("channels of one server come, go and restart, and no viewer of another one sees anything of it", async () => {
  const film = folder.file("film.mp4");
  await mustRun([
    "ffmpeg",
    ...["-hide_banner", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=s=320x240:r=15:d=60"],
    ...["-f", "lavfi", "-i", "sine=r=48000:d=60", "-c:v", "libx264", "-preset", "ultrafast", "-bf", "0"],
    ...["-g", "15", "-pix_fmt", "yuv420p", "-c:a", "aac", film],
  ]);
  const [pattern, file, screen] = await Promise.all([
    watched({ device: "test", name: "pattern" }),
    watched({ device: film, name: "film" }),
    watched({ device: "screen", audio: "none", name: "screen" }),
  ]);
  expect(app.channels.map(({ name }) => name)).toEqual(["pattern", "film", "screen"]);

  const added = await watched({ device: "test", name: "added", audio: "none" });
  await goOn([pattern, file, screen, added]);

  await screen.channel.stop();
  await screen.viewer.toTheEnd();
  expect(screen.viewer.hasLastChunk).toBe(true);
  await goOn([pattern, file, added]);

  const before = pattern.channel.status().restarts;
  await pattern.channel.restart();
  await goOn([file, added]);
  while (pattern.channel.status().restarts === before) await goOn([file]);

  // of the one that is gone there is nothing any more, and its name is free
  const url = new URL(pattern.channel.status().url ?? "");
  expect((await fetch(new URL("/live/screen.flv", url))).status).toBe(404);
  const again = await onAir({ device: "screen", audio: "none", name: "screen" });
  await goOn([file, added]);

  for (const stream of [file, added]) {
    expectTheOutputsTags(stream);
    stream.viewer.leave();
  }
  // a recorder is no viewer
  expect(again.channel.status().viewers).toBe(0);
}, 120_000);

test("a name or stdin that another channel has is refused, and a device that is not there ends its channel alone", async () => {
  const { channel } = await onAir({ device: "test", audio: "none", name: "one" });
  expect(() => app.add(completeSettings({ device: "test", name: "one" }).channel)).toThrow(
    expect.objectContaining({ reason: "alreadyRunning" }),
  );
  const absent = app.add(completeSettings({ device: "/no/such/file.mp4", name: "absent" }).channel);
  absent.start();
  await expect(absent.onAir).rejects.toMatchObject({ name: "UserError" });
  await expect(absent.ended).rejects.toMatchObject({ name: "UserError" });
  expect(app.channels.map(({ name }) => name)).not.toContain("absent");
  expect(channel.status().state).toBe("on-air");
  await channel.stop();
});

test("a channel that was never started ends when it is stopped", async () => {
  const channel = app.add(completeSettings({ device: "test", name: "never" }).channel);
  await channel.stop();
  await expect(channel.onAir).resolves.toBeNull();
  expect(app.channels.map(({ name }) => name)).not.toContain("never");
});
