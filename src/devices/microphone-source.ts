import type { Microphone } from "./device.ts";
import type { Source } from "./source.ts";

/** Sound begins with its first piece: there is nothing to look for ahead. */
const AT_ONCE = ["-probesize", "32", "-analyzeduration", "0", "-thread_queue_size", "64"];
/** The rate that is sent on; -ac is ignored by these inputs. */
const AT_48K = ["-sample_rate", "48000"];

export function microphoneSource(microphone: Microphone): Source {
  return {
    label: microphone.alias,
    device: microphone,
    hasEnd: false,
    inputOptions: inputOptions(microphone),
    url: microphone.node,
    clock: microphone.demuxer === "alsa" || microphone.demuxer === "pulse" ? "epoch" : "live",
    video: null,
    audio: { map: "0:a:0", codec: "pcm_s16le", filters: [] },
  };
}

function inputOptions({ demuxer }: Microphone): readonly string[] {
  switch (demuxer) {
    case "alsa": // -xerror: a card that is pulled out ends ffmpeg, which would wait for it otherwise
      return ["-xerror", ...AT_ONCE, "-f", "alsa", ...AT_48K]; // stereo by default; ffmpeg 9 has no -channels here
    case "pulse": // pieces of 20 ms: the server's own choice holds sound back for up to 700 ms
      return [...AT_ONCE, "-f", "pulse", "-fragment_size", "3840", "-channels", "2", ...AT_48K];
    case "avfoundation":
      return ["-f", "avfoundation"];
    case "dshow": // pieces of 20 ms instead of half a second
      return ["-f", "dshow", "-audio_buffer_size", "20"];
  }
}
