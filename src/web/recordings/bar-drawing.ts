import { lastBegunAt, type RecordedSegment, type Span } from "./segments.ts";
import { shareOf, type Tick } from "./time-window.ts";

export interface BarContent {
  readonly window: Span;
  readonly runs: readonly Span[];
  readonly keptRuns: readonly Span[];
  /** For the cuts between them, where there is room. */
  readonly segments: readonly RecordedSegment[];
  readonly ticks: readonly Tick[];
  readonly clip: Span | null;
  /** The server's clock; null where it is outside of the day. */
  readonly nowMs: number | null;
  /** The last run is being written. */
  readonly isGrowing: boolean;
  readonly label: (ms: number) => string;
}

/** As it is on the screen, in CSS pixels. */
export interface BarSize {
  readonly width: number;
  readonly height: number;
  readonly fontPx: number;
}

const COLORS = {
  track: "rgb(255 255 255 / 0.07)",
  future: "rgb(255 255 255 / 0.03)",
  run: "#1fa393",
  newest: "#5eead4",
  cut: "rgb(6 35 31 / 0.55)",
  kept: "#fbbf24",
  tick: "rgb(255 255 255 / 0.22)",
  label: "#bccac6",
  clip: "rgb(255 255 255 / 0.26)",
  now: "#f97066",
};
/** Cuts are seen from here on, in widths of a letter: nearer to each other, they are stripes. */
const MIN_CUT_EM = 3;

/** Where the track is, below the labels. */
export const trackOf = ({ height, fontPx }: BarSize) => {
  const top = Math.round(fontPx * 1.55);
  return { top, height: height - top };
};

export function drawBar(context: CanvasRenderingContext2D, size: BarSize, content: BarContent): void {
  const { window, nowMs } = content;
  const { top, height } = trackOf(size);
  const x = (ms: number) => shareOf(window, ms) * size.width;
  const fill = (span: Span, color: string, y = top, high = height) => {
    const left = Math.max(0, x(span.startMs));
    const right = Math.min(size.width, x(span.endMs));
    if (right <= 0 || left >= size.width) return;
    context.fillStyle = color;
    context.fillRect(left, y, Math.max(1, right - left), high); // a segment of seconds is seen in a day of hours
  };
  context.clearRect(0, 0, size.width, size.height);
  context.save();
  context.beginPath();
  context.roundRect(0, top, size.width, height, Math.min(10, height / 5));
  context.clip();
  fill({ ...window, endMs: Math.min(window.endMs, nowMs ?? window.endMs) }, COLORS.track);
  if (nowMs !== null) fill({ ...window, startMs: Math.max(window.startMs, nowMs) }, COLORS.future);
  for (const run of content.runs) fill(run, COLORS.run);
  drawCuts(context, size, content);
  for (const run of content.keptRuns) fill(run, COLORS.kept, top + height - keptPx(size), keptPx(size));
  const newest = content.runs.at(-1);
  if (content.isGrowing && newest !== undefined) {
    const growingPx = Math.max(3, size.fontPx / 4);
    const right = x(newest.endMs);
    context.fillStyle = COLORS.newest;
    context.fillRect(right - growingPx, top, growingPx, height);
  }
  if (content.clip !== null) fill(content.clip, COLORS.clip);
  context.restore();
  if (nowMs !== null) fill({ startMs: nowMs, endMs: nowMs }, COLORS.now, top - 3, height + 3);
  drawTicks(context, size, content);
}

const keptPx = ({ fontPx }: BarSize) => Math.max(3, Math.round(fontPx / 4));

/** Between the segments of a run, so that it is seen which one is kept or downloaded. */
function drawCuts(context: CanvasRenderingContext2D, size: BarSize, { window, segments }: BarContent): void {
  const { top, height } = trackOf(size);
  const from = Math.max(0, lastBegunAt(segments, window.startMs));
  const to = lastBegunAt(segments, window.endMs);
  const shown = to - from + 1;
  if (shown <= 1 || size.width / shown < MIN_CUT_EM * size.fontPx) return;
  context.fillStyle = COLORS.cut;
  for (const { startMs } of segments.slice(from, to + 1))
    context.fillRect(Math.round(shareOf(window, startMs) * size.width), top, 1, height);
}

/** A label that would be cut off at an end is left out. */
function drawTicks(
  context: CanvasRenderingContext2D,
  size: BarSize,
  { window, ticks, label }: BarContent,
): void {
  const { top } = trackOf(size);
  context.font = `${size.fontPx}px system-ui, sans-serif`;
  context.textBaseline = "top";
  context.textAlign = "center";
  for (const { ms, isLabeled } of ticks) {
    const x = shareOf(window, ms) * size.width;
    context.fillStyle = COLORS.tick;
    const high = isLabeled ? size.fontPx * 0.4 : size.fontPx * 0.2;
    context.fillRect(Math.round(x), top - high - 1, 1, high);
    const text = isLabeled ? label(ms) : "";
    const half = context.measureText(text).width / 2;
    context.fillStyle = COLORS.label;
    if (x >= half && x <= size.width - half) context.fillText(text, x, 0);
  }
}
