import type { Tracks } from "../media/packet.ts";
import { colorFilter, type Size } from "./picture.ts";
import type { Source } from "./source.ts";
import { testCard } from "./test-card.ts";
import type { TestCard } from "./test-card-layout.ts";

export interface TestSourceOptions {
  /** Our own card, or ffmpeg's busier testsrc2 with its many colours. */
  readonly pattern?: "card" | "testsrc2";
  /** What is left out costs nothing. */
  readonly wanted: Tracks;
  readonly size: Size | null;
  readonly fps: number | null;
}

const DEFAULT_SIZE = { width: 1280, height: 720 };
const DEFAULT_FPS = 30;

/**
 * The built-in source: a test card, and in the first tenth of each second a white box and a 1 kHz beep. One lavfi graph
 * with two outputs, so that video and sound share one clock and neither waits for the other.
 */
export function testSource({ pattern = "card", wanted, size, fps }: TestSourceOptions): Source {
  const { width, height } = size ?? DEFAULT_SIZE;
  const rate = fps ?? DEFAULT_FPS;
  return {
    label: "test",
    device: null,
    // -probesize 32: ffmpeg 9 otherwise reads a second and a half of lavfi before the first packet.
    inputOptions: ["-probesize", "32", "-analyzeduration", "0", "-re", "-f", "lavfi"],
    url: [
      ...(wanted.video ? [video(pattern, { width, height, fps: rate })] : []),
      ...(wanted.audio ? [BEEP] : []),
    ]
      .map((graph, output) => `${graph}[out${output}]`)
      .join(";"),
    video: wanted.video
      ? {
          map: "0:v:0",
          codec: "rawvideo",
          passesThrough: false,
          filters: [],
          colorMatrix: "smpte170m",
          size: { width, height },
          fps: rate,
          slowestFps: null,
        }
      : null,
    audio: wanted.audio ? { map: "0:a:0", codec: "pcm_s16le", filters: [] } : null,
    clock: "own",
    hasEnd: false,
  };
}

function video(pattern: "card" | "testsrc2", card: TestCard): string {
  const drawn = pattern === "card" ? testCard(card) : testsrc2(card);
  return `${drawn},format=yuv420p,${colorFilter("smpte170m")}`; // what both draw in, at any size
}

/** Drawn at half size and doubled without smoothing: testsrc2's clock is 8 x 16 pixels, too small to read at 720p. */
function testsrc2({ width, height, fps }: TestCard): string {
  const zoom = height >= 480 ? 2 : 1;
  return [
    `testsrc2=size=${Math.ceil(width / zoom)}x${Math.ceil(height / zoom)}:rate=${fps}`,
    "drawbox=x=iw*0.35:y=ih*0.75:w=iw*0.3:h=ih*0.2:color=white:t=fill:enable='lt(mod(t,1),0.1)'",
    `scale=${width}:${height}:flags=neighbor`,
  ].join(",");
}

/** `volume` is set once for each frame of 480 samples, 10 ms: the beep begins on the second to the sample. */
const BEEP = [
  "sine=frequency=1000:sample_rate=48000:samples_per_frame=480",
  "volume=volume='4*lt(mod(t,1),0.1)':eval=frame",
  "aformat=channel_layouts=stereo",
].join(",");
