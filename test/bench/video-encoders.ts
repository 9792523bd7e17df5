import type { ChosenEncoder } from "../../src/ffmpeg/encoder.ts";
import { FlvDemuxer } from "../../src/media/flv/demuxer.ts";
import { picturesIn, send } from "./latency.ts";
import { quantile } from "./numbers.ts";
import { clockTicksPerSecond, processCost } from "./process-cost.ts";
import { encodeThroughFlvcast } from "./through-flvcast.ts";
import type { Picture } from "./way.ts";

/** The first pictures meet an encoder that is still being set up. */
const WARM_UP_S = 2;
/** How long the last pictures may still take; those that an encoder holds back for good do not come at all. */
const PATIENCE_MS = 1000;

/** How an encoder does in real time. */
export type EncoderResult = {
  readonly "packet p50 ms": number;
  readonly "p95 ms": number;
  readonly "viewer p50 ms": number;
  readonly "viewer p95 ms": number;
  /** Of one core, of ffmpeg alone. */
  readonly "CPU %": number;
  /** Below the rate of the pictures where it does not keep up. */
  readonly fps: number;
};

/**
 * Feeds pictures in real time, and measures from the start of each writing until ffmpeg has written the picture's packet, and until
 * its tag is at a viewer on loopback. The nth packet is that of the nth picture: none of these has B-frames.
 */
export async function measureEncoder(
  ffmpeg: string,
  encoder: ChosenEncoder,
  picture: Picture,
  pictures: readonly Uint8Array[],
  seconds: number,
): Promise<EncoderResult> {
  const demuxer = new FlvDemuxer();
  const packetsMs: number[] = [];
  const tagsMs: number[] = [];
  const onPacket = () => void packetsMs.push(performance.now());
  const running = encodeThroughFlvcast({ ffmpeg, encoder, picture, onPacket }, (chunk) => {
    const atMs = performance.now();
    tagsMs.push(...picturesIn(demuxer, chunk).map(() => atMs));
  });
  try {
    const ticksPerSecond = await clockTicksPerSecond();
    const cpuSeconds = () => processCost(running.pid ?? 0, ticksPerSecond).cpuSeconds;
    const warmUp = WARM_UP_S * picture.fps;
    const warmUpMs = await send(running.stdin, pictures, warmUp, { fps: picture.fps });
    const [beganMs, cpuBefore] = [performance.now(), cpuSeconds()];
    const measuredMs = await send(running.stdin, pictures, seconds * picture.fps, { fps: picture.fps });
    const tookS = (performance.now() - beganMs) / 1000;
    const cpu = ((cpuSeconds() - cpuBefore) / tookS) * 100;
    await new Promise((resolve) => setTimeout(resolve, PATIENCE_MS));
    const sentMs = [...warmUpMs, ...measuredMs];
    const delaysMs = (arrivedMs: readonly number[], missed: number) =>
      arrivedMs.map((atMs, at) => atMs - (sentMs[at + missed] ?? Number.NaN)).slice(warmUp - missed);
    const missed = packetsMs.length - tagsMs.length; // of before the viewer came
    const [packet, viewer] = [delaysMs(packetsMs, 0), delaysMs(tagsMs, missed)];
    return {
      ...{ "packet p50 ms": quantile(packet, 0.5), "p95 ms": quantile(packet, 0.95) },
      ...{ "viewer p50 ms": quantile(viewer, 0.5), "viewer p95 ms": quantile(viewer, 0.95) },
      ...{ "CPU %": cpu, fps: measuredMs.length / tookS },
    };
  } finally {
    await running.stop();
  }
}
