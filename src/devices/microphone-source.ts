import type { Microphone } from "./device.ts";
import type { Source } from "./source.ts";

/** Sound begins with its first piece: there is nothing to look for ahead. */
const AT_ONCE = ["-probesize", "32", "-analyzeduration", "0", "-thread_queue_size", "64"];
/** The rate that is sent on; -ac is ignored by these inputs. */
const AT_48K = ["-sample_rate", "48000"];

/** How ffmpeg is told to open a microphone. */
export function microphoneSource(microphone: Microphone): Source {
  return {
    label: microphone.alias,
    device: microphone,
    hasEnd: false,
    ...opening(microphone),
    video: null,
    audio: { map: "0:a:0", codec: "pcm_s16le", filters: [] },
  };
}

function opening({ demuxer, node }: Microphone): Pick<Source, "inputOptions" | "url" | "clock"> {
  switch (demuxer) {
    case "alsa": // -xerror: a card that is pulled out ends ffmpeg, which would wait for it otherwise
      return {
        inputOptions: ["-xerror", ...AT_ONCE, "-f", "alsa", ...AT_48K], // stereo by default; ffmpeg 9 has no -channels here
        url: node,
        clock: "epoch",
      };
    case "pulse": // pieces of 20 ms: the server's own choice holds sound back for up to 700 ms
      return {
        inputOptions: [...AT_ONCE, "-f", "pulse", "-fragment_size", "3840", "-channels", "2", ...AT_48K],
        url: node,
        clock: "epoch",
      };
    case "avfoundation":
      return { inputOptions: ["-f", "avfoundation"], url: node, clock: "own" };
    case "dshow": // pieces of 20 ms instead of half a second
      return {
        inputOptions: ["-f", "dshow", "-audio_buffer_size", "20"],
        url: node,
        clock: "own",
      };
  }
}
