import { mustRun, run } from "../run.ts";
import { linesOf } from "./report.ts";

/** One second's flash with its beep. */
export interface FlashAndBeep {
  readonly flashMs: number;
  readonly beepMs: number;
  /** Sound less picture: above zero the sound is late. */
  readonly offsetMs: number;
}

/** Records `seconds` of a stream as it comes off the wire. */
export async function record(url: string, seconds: number, path: string): Promise<void> {
  const { exitCode, stderr } = await run(["curl", "-sS", "-m", `${seconds}`, "-o", path, url]);
  const timedOut = 28; // curl's exit code for the time that we gave it
  if (exitCode !== 0 && exitCode !== timedOut) throw new Error(`curl ${url}: exit ${exitCode}\n${stderr}`);
}

/**
 * Finds each flash and each beep of a recording of the test source, by what a decoder makes of it: a tag's time says
 * when its picture is shown and its samples sound. An AAC decoder gives, for a frame stamped t, the samples of t (the
 * encoder stamps its first, priming frame 1024 samples early), so no delay is to be added to the stamps.
 */
export async function measureFlashAndBeep(path: string, ffmpeg = "ffmpeg"): Promise<readonly FlashAndBeep[]> {
  const flashesMs = flashOnsets(await decodePictures(path, ffmpeg));
  const beepsMs = beepOnsets(await decodeSound(path, ffmpeg));
  return flashesMs.flatMap((flashMs) => {
    const beepMs = nearest(beepsMs, flashMs);
    return beepMs === null ? [] : [{ flashMs, beepMs, offsetMs: beepMs - flashMs }];
  });
}

function nearest(timesMs: readonly number[], wantedMs: number): number | null {
  const [best = null] = timesMs
    .filter((timeMs) => Math.abs(timeMs - wantedMs) < 500)
    .toSorted((a, b) => Math.abs(a - wantedMs) - Math.abs(b - wantedMs));
  return best;
}

/** A decoded frame: 8-bit luma of a coarse picture, or 16-bit samples. */
interface Decoded<Data> {
  readonly timeMs: number;
  readonly data: Data;
}

const cells = { width: 64, height: 36 };

async function decodePictures(path: string, ffmpeg: string): Promise<readonly Decoded<Uint8Array>[]> {
  const filter = `scale=${cells.width}:${cells.height}:flags=area,format=gray,showinfo`;
  const { infos, data } = await decode(
    ffmpeg,
    path,
    ["-an", "-fps_mode", "passthrough", "-vf", filter],
    "rawvideo",
  );
  const frameBytes = cells.width * cells.height;
  if (data.length !== infos.length * frameBytes) {
    throw new Error(`${infos.length} pictures announced, ${data.length / frameBytes} decoded`);
  }
  return infos.map(({ timeMs }, index) => ({
    timeMs,
    data: data.subarray(index * frameBytes, (index + 1) * frameBytes),
  }));
}

async function decodeSound(path: string, ffmpeg: string): Promise<readonly Decoded<Int16Array>[]> {
  const filter = `aformat=sample_fmts=s16:sample_rates=${sampleRateHz}:channel_layouts=mono,ashowinfo`;
  const { infos, data } = await decode(ffmpeg, path, ["-vn", "-af", filter], "s16le");
  const samples = new Int16Array(data.buffer, data.byteOffset, data.length / 2);
  let begin = 0;
  return infos.map(({ timeMs, samples: count }) => {
    const frame = { timeMs, data: samples.subarray(begin, begin + count) };
    begin += count;
    return frame;
  });
}

/** Decodes one track, its stamps untouched: the raw data, and what (a)showinfo says of each frame. */
async function decode(ffmpeg: string, path: string, options: readonly string[], format: string) {
  const { stderr, bytes } = await mustRun(
    [ffmpeg, "-hide_banner", "-nostdin", "-nostats", "-copyts", "-i", path]
      .concat(options)
      .concat(["-f", format, "pipe:1"]),
  );
  const infos = linesOf(stderr).flatMap((line) => {
    if (!/showinfo.* n: *\d+ /.test(line)) return [];
    const timeMs = Number(/pts_time:([\d.e+-]+)/.exec(line)?.[1]) * 1000;
    return [{ timeMs, samples: Number(/nb_samples:(\d+)/.exec(line)?.[1] ?? 0) }];
  });
  return { infos, data: bytes };
}

/** A cell has turned white if it became this much lighter from one picture to the next. */
const flashStep = 50;

/**
 * The flash is a white box, and the picture behind it moves; but in no other moment do so many cells of the picture
 * become so much lighter at once.
 */
function flashOnsets(pictures: readonly Decoded<Uint8Array>[]): readonly number[] {
  const whitened = pictures.map(({ data }, index) => {
    const before = pictures[index - 1]?.data;
    return before === undefined
      ? 0
      : data.filter((luma, cell) => luma - (before[cell] ?? 0) > flashStep).length;
  });
  const most = Math.max(...whitened);
  return pictures.filter((_, index) => (whitened[index] ?? 0) > most / 2).map(({ timeMs }) => timeMs);
}

const sampleRateHz = 48_000;
const windowSamples = sampleRateHz / 1000;
const silenceMs = 300;

/** A beep begins in the millisecond that is half as loud as the loudest, after silence. */
function beepOnsets(frames: readonly Decoded<Int16Array>[]): readonly number[] {
  const loudness = frames.flatMap(({ timeMs, data }) =>
    Array.from({ length: Math.floor(data.length / windowSamples) }, (_, index) => ({
      timeMs: timeMs + index,
      peak: data
        .subarray(index * windowSamples, (index + 1) * windowSamples)
        .reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0),
    })),
  );
  const loudest = loudness.reduce((highest, { peak }) => Math.max(highest, peak), 0);
  let lastLoudMs = loudness[0]?.timeMs ?? 0;
  return loudness.flatMap(({ timeMs, peak }) => {
    if (peak < loudest / 2) return [];
    const isOnset = timeMs - lastLoudMs > silenceMs;
    lastLoudMs = timeMs;
    return isOnset ? [timeMs] : [];
  });
}
