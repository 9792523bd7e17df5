import { writeFileSync } from "node:fs";
import { afterAll, expect, it } from "vitest";
import type { Source } from "../../src/devices/source.ts";
import { softwareEncoder } from "../../src/ffmpeg/encoder-table.ts";
import { NutTrack } from "../../src/ffmpeg/nut-pipe.ts";
import { planProcess } from "../../src/ffmpeg/plan.ts";
import { FfmpegProcess } from "../../src/ffmpeg/process.ts";
import { decodeTimeUs, isFrame, type Packet } from "../../src/media/packet.ts";
import type { Hub } from "../../src/outputs/live/hub.ts";
import type { Viewer } from "../../src/outputs/live/viewer.ts";
import { livePipeline } from "../channel/live-pipeline.ts";
import { makeFolder } from "../e2e/folder.ts";
import { FakeSink, somebody } from "../outputs/live/fakes.ts";
import { measureFlashAndBeep } from "../players/flash-and-beep.ts";

const HOUR_S = 3600;
/** So fast is the sound card's clock: it takes 48,009.6 samples in a second and calls them 48,000. */
const PPM = 200;
const BEAT_S = 30;
/** What a viewer sees of the hour's beginning, and another of its end. */
const WATCHED_S = 200;
const ALLOWED_MS = 15;

const folder = makeFolder();
afterAll(() => folder.remove());

it("an hour of a sound card that is 200 ppm off leaves the sound with its picture", {
  timeout: 300_000,
}, async () => {
  const baseS = Math.floor(Date.now() / 1000) - 1;
  const [video, audio] = await Promise.all([
    packetsOf(camera(baseS), { video: true, audio: false }, baseS),
    packetsOf(soundCard(baseS), { video: false, audio: true }, baseS),
  ]);
  for (const { name, bytes } of watched([...video, ...audio])) {
    const path = folder.file(`${name}.flv`);
    writeFileSync(path, bytes);
    const offsetsMs = (await measureFlashAndBeep(path)).map(({ offsetMs }) => offsetMs);
    console.log(`audio - picture, ${name}: ${offsetsMs.map((ms) => ms.toFixed(1)).join(" ")} ms`);
    expect(offsetsMs.length).toBeGreaterThanOrEqual(WATCHED_S / BEAT_S - 1);
    expect(Math.abs(median(offsetsMs))).toBeLessThanOrEqual(ALLOWED_MS);
  }
});

/** Flashes on each beat of the wall clock, which its stamps tell. */
function camera(baseS: number): Source {
  const flash = `drawbox=color=white:t=fill:enable='lt(mod(t,${BEAT_S}),0.2)'`;
  return {
    ...lavfi(`color=black:size=64x36:rate=20:duration=${HOUR_S},${flash},setpts=PTS+${baseS + 1}/TB`),
    video: {
      ...{ map: "0:v:0", codec: "rawvideo", passesThrough: false, filters: [], colorMatrix: null },
      ...{ size: { width: 64, height: 36 }, fps: 20, slowestFps: null },
    },
    audio: null,
  };
}

/** Beeps on each beat of the wall clock. Its stamps tell the wall clock's time of each piece, as ALSA's do. */
function soundCard(baseS: number): Source {
  const wallS = `(t/${1 + PPM / 1e6})`;
  const samples = Math.round(HOUR_S * 48_000 * (1 + PPM / 1e6));
  const beep = `aevalsrc='0.5*sin(2*PI*1000*t)*lt(mod(${wallS},${BEAT_S}),0.2)':s=48000:nb_samples=960`;
  const stamps = `asetpts=PTS/${1 + PPM / 1e6}+${baseS + 1}/TB`;
  return {
    ...lavfi(`${beep},atrim=end_sample=${samples},aformat=sample_fmts=s16:channel_layouts=stereo,${stamps}`),
    video: null,
    audio: { map: "0:a:0", codec: "pcm_s16le", filters: [] },
  };
}

function lavfi(url: string): Pick<Source, "label" | "device" | "hasEnd" | "inputOptions" | "url" | "clock"> {
  return { label: "device", device: null, hasEnd: true, inputOptions: ["-f", "lavfi"], url, clock: "epoch" };
}

/** Runs the command line of a live device as fast as it goes. */
async function packetsOf(
  source: Source,
  wanted: { video: boolean; audio: boolean },
  baseS: number,
): Promise<Packet[]> {
  const { args, video, audio } = planProcess(source, wanted, {
    ...{ majorVersion: 5, encoder: softwareEncoder, size: null, fps: null },
    ...{ bitrateKbps: 300, gopSeconds: 5, copy: false, baseS },
  });
  const track = new NutTrack((ptsUs) => ptsUs + baseS * 1e6); // an epochClock, without its look at the wall
  const packets: Packet[] = [];
  const pipe = (video ?? audio)?.pipe ?? 0;
  const ffmpeg = new FfmpegProcess({
    path: "ffmpeg",
    args,
    outputs: new Map([[pipe, (chunk) => void packets.push(...track.push(chunk, 0))]]),
    onStderrLine: () => undefined,
    redact: (text) => text,
  });
  const { code, stderr } = await ffmpeg.exited;
  if (code !== 0) throw new Error(stderr.join("\n"));
  track.end();
  return packets;
}

/** What a viewer gets who leaves soon, and one who comes near the end. */
function watched(packets: readonly Packet[]): readonly { readonly name: string; readonly bytes: Buffer }[] {
  const { hub, pipeline } = livePipeline({ name: "hour" });
  const [early, late] = [new Seat(hub), new Seat(hub)];
  const configs = packets.filter((packet) => !isFrame(packet));
  const frames = packets.filter(isFrame).toSorted((a, b) => decodeTimeUs(a) - decodeTimeUs(b));
  const beginUs = frames[0] === undefined ? 0 : decodeTimeUs(frames[0]);
  pipeline.push(configs, beginUs);
  for (const frame of frames) {
    pipeline.push([frame], decodeTimeUs(frame));
    const atS = (decodeTimeUs(frame) - beginUs) / 1e6;
    if (atS < WATCHED_S) early.take();
    else early.leave();
    if (atS > HOUR_S - WATCHED_S) late.take();
  }
  return [
    { name: "the first minutes", bytes: early.sink.bytes },
    { name: "the last minutes", bytes: late.sink.bytes },
  ];
}

/** A place from which the hub is watched. */
class Seat {
  readonly sink = new FakeSink();
  readonly #hub: Hub;
  #viewer: Viewer | null = null;

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  take(): void {
    if (this.#hub.isReady) this.#viewer ??= this.#hub.join(this.sink, somebody);
  }

  leave(): void {
    if (this.#viewer !== null) this.#hub.leave(this.#viewer);
    this.#viewer = null;
  }
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
