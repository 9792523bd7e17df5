import type { AudioCodec, VideoCodec } from "../../media/packet.ts";
import type { Faults } from "../faults.ts";
import { AacJudge } from "./aac.ts";
import type { AudioCodecJudge } from "./audio-codec.ts";
import { Av1Judge } from "./av1.ts";
import { G711Judge } from "./g711.ts";
import { H264Judge } from "./h264.ts";
import { HevcJudge } from "./hevc.ts";
import { Mp3Judge } from "./mp3.ts";
import { OpusJudge } from "./opus.ts";
import type { VideoCodecJudge } from "./video-codec.ts";

export function openVideoCodec(codec: VideoCodec, faults: Faults): VideoCodecJudge {
  switch (codec) {
    case "h264":
      return new H264Judge(faults);
    case "hevc":
      return new HevcJudge(faults);
    case "av1":
      return new Av1Judge(faults);
  }
}

export function openAudioCodec(codec: AudioCodec, faults: Faults): AudioCodecJudge {
  switch (codec) {
    case "aac":
      return new AacJudge(faults);
    case "opus":
      return new OpusJudge(faults);
    case "mp3":
      return new Mp3Judge(faults);
    case "pcm_alaw":
    case "pcm_mulaw":
      return new G711Judge(codec, faults);
  }
}
