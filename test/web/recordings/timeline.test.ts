import { afterEach, beforeEach, expect, it, onTestFinished, vi } from "vitest";
import { dayOfKey } from "../../../src/web/recordings/days.ts";
import type { RecordingsApi } from "../../../src/web/recordings/recordings-api.ts";
import { endOf, type RecordedSegment, type Span } from "../../../src/web/recordings/segments.ts";
import { Timeline } from "../../../src/web/recordings/timeline.ts";
import type { Toast } from "../../../src/web/recordings/toast.ts";
import type { Words } from "../../../src/web/words.ts";
import { segment } from "./segment.ts";
import { installVideos, leaveVideos, RecordedVideo } from "./video.ts";

beforeEach(() => {
  installVideos();
  vi.stubGlobal("addEventListener", () => undefined);
});
afterEach(leaveVideos);

const HOUR_MS = 3_600_000;
const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
const noon = (key: string) => dayOfKey(key).startMs + 12 * HOUR_MS;

/** A timeline of these segments, at the first of them, which plays; `told`: what it said meanwhile. */
async function timeline(...segments: readonly RecordedSegment[]) {
  const told: string[] = [];
  const api: Partial<RecordingsApi> = {
    list: async (span: Span | null) => ({
      kind: "recordings",
      isRecording: false,
      segments: segments.filter(
        (one) => span === null || (one.startMs < span.endMs && endOf(one) > span.startMs),
      ),
    }),
    segmentUrl: ({ id }) => new URL(`http://cam/recordings/cam0/${id}.mp4`),
  };
  const toast: Pick<Toast, "show"> = { show: ({ title }: Words) => void told.push(title) };
  const one = new Timeline({
    // Of both, the timeline uses this much.
    ...{ api: api as RecordingsApi, toast: toast as Toast },
    ...{ name: "cam0", atMs: segments[0]?.startMs ?? null, nowMs: () => noon("2026-12-01") },
    ...{ onChange: () => undefined, onPlayRefused: () => undefined },
  });
  const leaving = new AbortController();
  onTestFinished(() => leaving.abort());
  one.start({ isMuted: true, volume: 1 }, leaving.signal);
  await settled();
  return { one, told };
}

async function playToEnd(id: string): Promise<void> {
  const video = RecordedVideo.made.find(({ src }) => src.includes(`/${id}.mp4`));
  video?.loaded();
  video?.end();
  await settled();
}

it("continues on the next day that has something", async () => {
  const [first, next] = [segment(noon("2026-11-20"), 60_000), segment(noon("2026-11-22"), 60_000)];
  const { one, told } = await timeline(first, next);
  expect(one.player.segment?.id).toBe(first.id);
  await playToEnd(first.id);
  expect([one.list.day.key, one.player.segment?.id]).toEqual(["2026-11-22", next.id]);
  expect(told).toEqual(["Nothing more was recorded on this day"]);
});

it("says that the recordings end where they do", async () => {
  const last = segment(noon("2026-11-20"), 60_000);
  const { one, told } = await timeline(last);
  await playToEnd(last.id);
  expect([one.player.segment?.id, told]).toEqual([last.id, ["End of the recordings"]]);
});
