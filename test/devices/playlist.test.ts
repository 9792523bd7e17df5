import { expect, it } from "vitest";
import { parsePlaylist } from "../../src/devices/playlist.ts";

it("a live playlist tells how long its segments are, and which there are", () => {
  const text =
    "#EXTM3U\r\n#EXT-X-TARGETDURATION:8\r\n#EXT-X-MEDIA-SEQUENCE:3\r\n#EXTINF:8.0,\r\nlive3.ts\r\n#EXTINF:8,\r\nlive4.ts\r\n";
  expect(parsePlaylist(text)).toEqual({ segmentMs: 8000, variant: null, segments: ["live3.ts", "live4.ts"] });
});

it("a master playlist leads to its first variant", () => {
  const text =
    "#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlow/v.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=9\nhigh/v.m3u8\n";
  expect(parsePlaylist(text)).toEqual({ segmentMs: null, variant: "low/v.m3u8", segments: [] });
});

it.each(["0", "1.2.3", "999999", "3601", "9".repeat(400)])(
  "a target duration of %s tells nothing: it would be no time to wait for",
  (seconds) => {
    expect(parsePlaylist(`#EXTM3U\n#EXT-X-TARGETDURATION:${seconds}\n`).segmentMs).toBeNull();
  },
);

it.each([
  ["PT6S", 6000],
  ["PT9999H", null],
  ["PT1M2.5S", 62_500],
  ["PT0S", null],
])("a DASH manifest with segments of %s", (duration, segmentMs) => {
  const text = `<?xml version="1.0"?>\n<MPD type="dynamic" maxSegmentDuration="${duration}">\n</MPD>\n`;
  expect(parsePlaylist(text)).toEqual({ segmentMs, variant: null, segments: [] });
});

it("anything else tells nothing", () => {
  expect(parsePlaylist("")).toEqual({ segmentMs: null, variant: null, segments: [] });
});
