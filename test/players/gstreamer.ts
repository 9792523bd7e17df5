import { run } from "../run.ts";
import { linesOf, longestSpanMs, type Player, type PlayReport, type TrackReport, trackOf } from "./report.ts";

/** GStreamer's own FLV demuxer and parsers; each sink tells every frame that it is handed, in real time. */
export const gstreamer: Player = { name: "GStreamer", programs: ["gst-launch-1.0"], play };

const sink = (name: string) => `fakesink name=${name} async=false sync=true silent=false`.split(" ");

async function play(url: string, seconds: number): Promise<PlayReport> {
  const command = ["gst-launch-1.0", "-v", "souphttpsrc", `location=${url}`, "is-live=true"]
    .concat(["!", "flvdemux", "name=demux"])
    .concat(["demux.video", "!", "queue", "!", "decodebin", "!", ...sink("video")])
    .concat(["demux.audio", "!", "queue", "!", "decodebin", "!", ...sink("audio")]);
  const { stdout, stderr, overran } = await run(command, {
    env: { ...process.env, GST_DEBUG: "2", GST_DEBUG_NO_COLOR: "1" },
    interruptAfterMs: seconds * 1000 + 1000,
    killAfterMs: seconds * 1000 + 10_000,
  });
  const video = trackSeenBy("video", stdout);
  const audio = trackSeenBy("audio", stdout);
  const complaints = linesOf(stderr).filter((line) => !harmless.some((pattern) => pattern.test(line)));
  return {
    complaints: overran ? [...complaints, "gst-launch did not end when interrupted"] : complaints,
    video,
    audio,
    playedMs: longestSpanMs(video, audio),
  };
}

/** What GStreamer warns of in any pipeline like this, and what it says when it is interrupted. */
const harmless = [
  /No value transform to serialize field 'session'/, // its own way of printing a libsoup session
  /gst_parse_no_more_pads:<demux> warning: (Delayed linking failed|failed delayed linking pad)/, // one track only
  /handling interrupt/i,
];

const chain = /\/GstFakeSink:(\w+): last-message = chain .*? pts: (?:(\d+):(\d+):([\d.]+)|none)/;

function trackSeenBy(sinkName: string, stdout: string): TrackReport | null {
  return trackOf(
    linesOf(stdout).flatMap((line) => {
      const [, name, hours, minutes, seconds] = chain.exec(line) ?? [];
      if (name !== sinkName) return [];
      return [((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000];
    }),
  );
}
