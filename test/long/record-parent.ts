import { readFileSync, writeSync } from "node:fs";
import { FlvDemuxer } from "../../src/media/flv/demuxer.ts";
import { MessageReader } from "../../src/media/flv/message-reader.ts";
import type { TimedPacket } from "../../src/outputs/output.ts";
import { QueuedOutput } from "../../src/outputs/queued-output.ts";
import { RecordOutput } from "../../src/outputs/record/record-output.ts";
import { RecordingDisk } from "../../src/recordings/recording-disk.ts";

/**
 * What of flvcast records a stream, to be killed: FOLDER, a file of FLV, the disk process. It says a line for each video frame
 * when it has given it to a viewer, and before the recording gets it.
 */
const [folder = "", source = "", program = ""] = process.argv.slice(2);
const tracks = { video: true, audio: true };

function packetsOf(file: string): TimedPacket[] {
  const reader = new MessageReader(tracks);
  const epochMs = Date.now();
  return new FlvDemuxer({ isTolerant: true }).push(readFileSync(file)).flatMap((tag) => {
    const frame = tag.kind === "tag" ? reader.read(tag) : null;
    if (frame === null) return [];
    const timestampMs = Math.round(frame.timeUs / 1000);
    return reader.packets(frame, frame.timeUs).map((packet) => {
      const isFrame = packet.kind === "video-frame" || packet.kind === "audio-frame";
      return { packet, timestampMs, capturedMs: isFrame ? epochMs + timestampMs : null };
    });
  });
}

const disk = new RecordingDisk({ program });
const settings = {
  ...({ folder, path: "%name/%H-%M-%S", timeZone: "utc", segmentMs: 1000, syncMs: 500 } as const),
  ...({ keepMs: null, maxBytes: null, when: "always" } as const),
};
const output = new RecordOutput({
  ...{ name: "cam", program: "flvcast test", settings, disk },
  onSegment: () => undefined,
  onState: () => writeSync(1, `disk ${disk.pid}\n`),
});
const queued = new QueuedOutput(output, (error) => {
  throw error;
});
queued.tell(() => output.begin({ tracks, rates: {}, encoderName: "" }));
queued.join([], 0);
const packets = packetsOf(source);
const startedMs = performance.now();
let next = 0;
setInterval(() => {
  const nowMs = performance.now() - startedMs;
  for (
    let timed = packets[next];
    timed !== undefined && timed.timestampMs <= nowMs;
    timed = packets[++next]
  ) {
    if (timed.packet.kind === "video-frame") writeSync(1, "frame\n");
    queued.take([timed], null, timed.timestampMs);
  }
}, 5);
