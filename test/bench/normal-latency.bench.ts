import { afterAll, expect, it } from "vitest";
import { testSource } from "../../src/devices/test-source.ts";
import { FfmpegCapture, nowUs } from "../../src/ffmpeg/capture.ts";
import { type Latency, latencies } from "../../src/ffmpeg/encoder.ts";
import { softwareEncoder } from "../../src/ffmpeg/encoder-table.ts";
import { planProcess } from "../../src/ffmpeg/plan.ts";
import { makeFolder } from "../e2e/folder.ts";
import { webcamFootage } from "../players/footage.ts";
import { mustRun } from "../run.ts";
import { printTable, quantile } from "./numbers.ts";

const folder = makeFolder();
afterAll(() => folder.remove());

const FPS = 30;
const RATES_KBPS = [400, 800, 1600];
const WATCHED_MS = 10_000;

interface Encoded {
  readonly kbps: number;
  /** Of luma, in dB. */
  readonly psnr: number;
  readonly ssim: number;
}

it("normal latency: the bit rate for the same quality, and the delay", async () => {
  const film = folder.file("film.mkv");
  await mustRun([
    ...["ffmpeg", "-nostdin", "-v", "error", "-i", await webcamFootage(), "-an", "-r", String(FPS)],
    ...["-pix_fmt", "yuv420p", "-c:v", "ffv1", film],
  ]);
  const low = await encodings(film, "low");
  const normal = await encodings(film, "normal");
  const saved = (measure: "psnr" | "ssim") =>
    normal.map((one) => (1 - one.kbps / rateFor(one[measure], low, measure)) * 100);
  const rows = normal.map((one, at) => [
    `${RATES_KBPS[at]} kbit/s`,
    {
      "low: kbit/s": low[at]?.kbps,
      "PSNR dB": low[at]?.psnr,
      "SSIM dB": low[at]?.ssim,
      "normal: kbit/s": one.kbps,
      "PSNR dB ": one.psnr,
      "SSIM dB ": one.ssim,
      "less for that PSNR, %": saved("psnr")[at],
      "less for that SSIM, %": saved("ssim")[at],
    },
  ]);
  printTable("libx264, a web cam at 640x480, 30 fps, key frames 1 s apart", Object.fromEntries(rows));
  const delays: Record<string, Awaited<ReturnType<typeof delaysOf>>> = {};
  for (const latency of latencies) delays[latency] = await delaysOf(latency);
  printTable("from a frame's time to its arrival, ms; audio is the clock", delays);
  expect(Math.min(...saved("ssim"))).toBeGreaterThan(0);
}, 600_000);

async function encodings(film: string, latency: Latency): Promise<readonly Encoded[]> {
  const encoded: Encoded[] = [];
  for (const bitrateKbps of RATES_KBPS) {
    const path = folder.file(`${latency}-${bitrateKbps}.mkv`);
    const goal = { bitrateKbps, fps: FPS, gopSeconds: 1, forcesKeyFrames: true, slowestFps: FPS, latency };
    const args = softwareEncoder.encoder.arguments(goal, softwareEncoder.profile);
    await mustRun(["ffmpeg", "-nostdin", "-v", "error", "-i", film, ...args, path], { killAfterMs: 120_000 });
    encoded.push({ kbps: await kbpsOf(path), ...(await qualityOf(path, film)) });
  }
  return encoded;
}

async function kbpsOf(path: string): Promise<number> {
  const { stdout } = await mustRun([
    "ffprobe",
    "-v",
    "error",
    "-show_entries",
    "packet=size",
    "-of",
    "csv=p=0",
    path,
  ]);
  const sizes = stdout.trim().split("\n").map(Number);
  return (sizes.reduce((sum, bytes) => sum + bytes, 0) * 8 * FPS) / sizes.length / 1000;
}

const pair = (filter: string, name: string) =>
  `[0:v]settb=AVTB,setpts=N[${name}0];[1:v]settb=AVTB,setpts=N[${name}1];[${name}0][${name}1]${filter}`;

async function qualityOf(path: string, film: string): Promise<Omit<Encoded, "kbps">> {
  const { stderr } = await mustRun(
    ["ffmpeg", "-nostdin", "-i", path, "-i", film].concat([
      ...["-filter_complex", `${pair("psnr", "p")};${pair("ssim", "s")}`, "-f", "null", "-"],
    ]),
    { killAfterMs: 120_000 },
  );
  const psnr = Number(/PSNR y:([\d.]+)/.exec(stderr)?.[1]);
  const ssim = Number(/SSIM Y:[\d.]+ \(([\d.]+)\)/.exec(stderr)?.[1]);
  return { psnr, ssim };
}

/** The bit rate with which the others have this quality: quality grows with the rate's logarithm. */
function rateFor(quality: number, others: readonly Encoded[], measure: "psnr" | "ssim"): number {
  const above = others.findIndex(
    (one, at) => at > 0 && (one[measure] >= quality || at === others.length - 1),
  );
  const [low, high] = [others[above - 1], others[above]];
  if (low === undefined || high === undefined) throw new Error("no bit rates to compare with");
  const part = (quality - low[measure]) / (high[measure] - low[measure]);
  return low.kbps * (high.kbps / low.kbps) ** part;
}

/** Of the test source's frames, whose sound has the same clock and comes as always. */
async function delaysOf(latency: Latency) {
  const tracks = { video: true, audio: true };
  const source = testSource({
    pattern: "testsrc2",
    wanted: tracks,
    size: { width: 640, height: 360 },
    fps: FPS,
  });
  const plan = planProcess(source, tracks, {
    ...{ majorVersion: 5, encoder: { ...softwareEncoder, latency }, size: null, fps: FPS },
    ...{ bitrateKbps: 1000, gopSeconds: 1, copy: false, baseS: 0 },
  });
  const ages: number[] = [];
  const capture = new FfmpegCapture("ffmpeg", plan, {
    onPackets: (packets) => {
      const arrivalUs = nowUs();
      for (const packet of packets)
        if (packet.kind === "video-frame") ages.push((arrivalUs - packet.presentationTimeUs) / 1000);
    },
    onFfmpegLine: (line) => console.log(line),
  });
  await new Promise((resolve) => setTimeout(resolve, WATCHED_MS));
  await capture.stop();
  return { p50: quantile(ages, 0.5), p95: quantile(ages, 0.95), frames: ages.length };
}
