import { readFileSync, writeFileSync } from "node:fs";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { type SoundEncoder, soundEncoders } from "../../src/ffmpeg/sound-encoders.ts";
import { audioCodecs } from "../../src/media/codecs.ts";
import { FlvDemuxer } from "../../src/media/flv/demuxer.ts";
import { audioFrameUs } from "../../src/media/packet.ts";
import { readSample, type Sample } from "../../src/web/sample.ts";
import { findProgram, mustRun, run } from "../run.ts";
import { flvcastProgram } from "../start-flvcast.ts";
import { findFfmpegs } from "./ffmpegs.ts";
import { makeFolder } from "./folder.ts";
import { start, stopAll } from "./program.ts";
import { startRtspCamera } from "./rtsp-camera.ts";
import { Viewer } from "./viewer.ts";

const folder = makeFolder();
afterEach(() => stopAll());
afterAll(() => folder.remove());

/** What viewers get of three seconds. */
async function streamed(...args: readonly string[]) {
  const program = start([...args, "--duration", "3"]);
  const viewer = new Viewer(await program.firstLine());
  await viewer.toTheEnd();
  const { stderr } = await program.ended;
  const path = folder.file("came.flv");
  writeFileSync(path, viewer.bytes);
  return { path, stderr, bytes: viewer.bytes, samples: samplesOf(viewer.bytes) };
}

function samplesOf(bytes: Uint8Array): readonly NonNullable<Sample>[] {
  const samples: NonNullable<Sample>[] = [];
  for (const event of new FlvDemuxer().push(bytes)) {
    const sample = event.kind === "tag" ? readSample(event) : null;
    if (sample !== null) samples.push(sample);
  }
  return samples;
}

/** The first byte of each audio tag. */
function soundHeaders(bytes: Uint8Array): ReadonlySet<number> {
  const headers = new Set<number>();
  for (let at = 13; at + 11 < bytes.length; ) {
    if (bytes[at] === 8) headers.add(bytes[at + 11] ?? 0);
    at += 15 + (((bytes[at + 1] ?? 0) << 16) | ((bytes[at + 2] ?? 0) << 8) | (bytes[at + 3] ?? 0));
  }
  return headers;
}

/** A-law or µ-law as it is. */
async function rawSound(path: string, format: "alaw" | "mulaw"): Promise<Buffer> {
  const raw = folder.file(`raw.${format}`);
  await mustRun(
    ["ffmpeg", "-nostdin", "-v", "error", "-y", "-i", path].concat([
      ...["-map", "0:a", "-c", "copy", "-f", format, raw],
    ]),
  );
  return readFileSync(raw);
}

const encoded = (["opus", "g711"] as const).flatMap((codec) =>
  findFfmpegs().map((ffmpeg) => [codec, ffmpeg] as const),
);

describe("audio is encoded", () => {
  it.each(encoded)(
    "to %s, every 20 ms, as the stream announces it: %s",
    async (codec, ffmpeg) => {
      const { announces }: SoundEncoder = soundEncoders[codec];
      const { samples, path, stderr } = await streamed(
        ...["--device", "test", "--audio-codec", codec, "--encoder", "libx264", "--size", "320x240"],
        ...["--ffmpeg", ffmpeg],
      );
      const configs = samples.filter((sample) => sample.kind === "audio-config");
      // G.711 has no sequence header.
      expect(configs.map(({ decoderConfig }) => decoderConfig)).toEqual(
        codec === "opus" ? [announces.decoderConfig] : [],
      );
      const times = samples.flatMap((sample) =>
        sample.kind === "audio-frame" ? [sample.presentationTimeMs] : [],
      );
      const steps = times.slice(1).map((time, at) => time - (times[at] ?? 0));
      expect(times.length).toBeGreaterThan(100);
      expect(new Set(steps)).toEqual(new Set([audioFrameUs(announces) / 1000]));
      expect(stderr.match(/the audio is /g)).toHaveLength(1);
      expect(stderr).toContain(
        `the audio is ${audioCodecs[announces.codec].unusual(announces)}; use --audio-codec aac`,
      );
      const { stdout } = await run([process.execPath, flvcastProgram, "check", path]);
      expect(stdout).not.toMatch(/^error /m);
    },
    60_000,
  );

  it("to AAC where --copy has another codec", async () => {
    const film = folder.file("opus.mkv");
    await makeFilm(film, ["-c:a", "libopus", "-ac", "2"]);
    const { samples } = await streamed("--device", film, "--copy", "--audio-codec", "aac");
    const config = samples.find((sample) => sample.kind === "audio-config");
    expect(config).toMatchObject({ codec: "aac" });
  }, 60_000);
});

async function makeFilm(path: string, sound: readonly string[]): Promise<void> {
  const picture = [
    "-f",
    "lavfi",
    "-i",
    "testsrc2=s=160x120:r=25:d=3",
    "-f",
    "lavfi",
    "-i",
    "sine=r=48000:d=3",
  ];
  const coding = ["-c:v", "libx264", "-preset", "superfast", "-pix_fmt", "yuv420p", "-g", "25"];
  await mustRun(["ffmpeg", "-nostdin", "-v", "error", "-y", ...picture, ...coding, ...sound, path]);
}

describe("with --copy, --audio-codec g711", () => {
  it.each([
    ["alaw", 0x72],
    ["mulaw", 0x82],
  ] as const)(
    "passes %s through as it is",
    async (law, header) => {
      const film = folder.file(`${law}.mkv`);
      await makeFilm(film, ["-c:a", `pcm_${law}`, "-ar", "8000", "-ac", "1"]);
      const { path, bytes } = await streamed("--device", film, "--copy", "--audio-codec", "g711");
      expect(soundHeaders(bytes)).toEqual(new Set([header]));
      const came = await rawSound(path, law);
      expect(came.length).toBeGreaterThan(8000);
      expect((await rawSound(film, law)).subarray(0, came.length)).toEqual(came);
    },
    60_000,
  );

  it("encodes what FLV has no name for: 16 kHz, stereo", async () => {
    const film = folder.file("wide.mkv");
    await makeFilm(film, ["-c:a", "pcm_mulaw", "-ar", "16000", "-ac", "2"]);
    const { bytes } = await streamed("--device", film, "--copy", "--audio-codec", "g711");
    expect(soundHeaders(bytes)).toEqual(new Set([0x72]));
  }, 60_000);

  it("passes the G.711 of an RTSP camera through", async () => {
    const camera = await startRtspCamera(60, { audio: "pcmu" });
    try {
      const { bytes, samples } = await streamed("--device", camera.url, "--copy", "--audio-codec", "g711");
      expect(soundHeaders(bytes)).toEqual(new Set([0x82]));
      expect(samples.filter((sample) => sample.kind === "audio-frame").length).toBeGreaterThan(20);
    } finally {
      await camera.stop();
    }
  }, 60_000);
});

it("an ffmpeg without libopus is refused before anything starts", async () => {
  const path = folder.file("ffmpeg-without-opus");
  const script = `#!/bin/sh\ncase "$*" in *libopus*) echo "Unknown encoder 'libopus'" >&2; exit 1;; esac\nexec ${findProgram("ffmpeg")} "$@"\n`;
  writeFileSync(path, script, { mode: 0o755 });
  const program = start(["--device", "test", "--audio-codec", "opus", "--ffmpeg", path]);
  const { exitCode, stderr } = await program.ended;
  expect(exitCode).toBe(14);
  expect(stderr).toContain("--audio-codec opus needs ffmpeg's libopus encoder");
});
