import { error, type FaultKind, note, warning } from "../finding.ts";

/** Sound: codec, settings, frames. */
export const audioFaults = {
  "audio-codec-unknown": error(
    "A SoundFormat that FLV does not know",
    "FLV 10.1, E.4.2.1 (SoundFormat)",
    "mpegts.js ends with CodecUnsupported; ffmpeg reads data that nothing decodes.",
  ),
  "audio-codec-old": warning(
    "An audio codec that browsers do not play from FLV",
    "FLV 10.1, E.4.2.1 (SoundFormat)",
    "ffmpeg and VLC play it; mpegts.js ends with CodecUnsupported, picture and all.",
  ),
  "audio-fourcc-unknown": error(
    "An audio FourCC that Enhanced RTMP does not know",
    "Enhanced RTMP v2, ExAudioTagHeader (AudioFourCc)",
    "mpegts.js ends with CodecUnsupported; ffmpeg ignores the track.",
  ),
  "audio-ex-packet-type": error(
    "An AudioPacketType that Enhanced RTMP does not know",
    "Enhanced RTMP v2, ExAudioTagHeader (AudioPacketType)",
    "mpegts.js ends with an error; ffmpeg drops the tag.",
  ),
  "audio-config-missing": error(
    "Sound comes without a sequence header before it",
    "FLV 10.1, E.4.2.2 (AACPacketType); Enhanced RTMP v2 (SequenceStart)",
    "The sound cannot be decoded; mpegts.js waits for it and shows no picture either.",
  ),
  "audio-config-late": error(
    "The audio sequence header comes after the first sound",
    "FLV 10.1, E.4.2.2 (AACPacketType)",
    "Sound up to it is lost; mpegts.js begins only there.",
  ),
  "audio-config-changed": note(
    "The audio settings change in mid-stream",
    "FLV 10.1, E.4.2.2",
    "mpegts.js makes a new initialization segment; there may be a click.",
  ),
  "aac-packet-type": error(
    "An AACPacketType other than 0 or 1",
    "FLV 10.1, E.4.2.1 (AACPacketType)",
    "mpegts.js and ffmpeg drop the sound.",
  ),
  "aac-config-malformed": error(
    "The AudioSpecificConfig cannot be read",
    "ISO/IEC 14496-3, 1.6.2.1",
    "mpegts.js throws or ends with FormatError; no decoder can be set up.",
  ),
  "aac-sound-fields": note(
    "SoundRate, SoundSize and SoundType are not what AAC always has (3, 1, 1)",
    "FLV 10.1, E.4.2.1 (SoundRate)",
    "Players go by the AudioSpecificConfig.",
  ),
  "aac-adts": error(
    "AAC frames keep their ADTS headers",
    "FLV 10.1, E.4.2.2; ISO/IEC 14496-3, 1.A.2.2",
    "Browsers fail to decode: PipelineStatus error. ffmpeg and VLC may cope.",
  ),
  "aac-frame-empty": warning(
    "An AAC frame of no bytes",
    "ISO/IEC 14496-3, 4.4.2.1",
    "mpegts.js drops it; WebCodecs and MSE fail at it.",
  ),
  "aac-channels-mismatch": error(
    "AAC frames have other channels than the AudioSpecificConfig says",
    "ISO/IEC 14496-3, 1.6.3.5 (channelConfiguration)",
    "ffmpeg changes over with a warning; browsers fail or play noise.",
  ),
  "audio-rate-mismatch": error(
    "Sound comes at another rate than its settings say",
    "ISO/IEC 14496-3, 1.6.3.4 (samplingFrequency)",
    "The pitch is wrong, or mpegts.js cuts and fills sound all the time.",
  ),
  "audio-drift": warning(
    "Timestamps of the sound run away from its samples",
    "FLV 10.1, E.4.1 (Timestamp)",
    "Players that count samples lose lip sync; mpegts.js drops or inserts frames.",
  ),
  "mp3-frame-malformed": error(
    "MP3 data does not begin with a frame header",
    "ISO/IEC 11172-3, 2.4.1.3",
    "mpegts.js drops it; ffmpeg searches for the next frame.",
  ),
  "mp3-sound-fields": warning(
    "SoundRate or SoundType are not those of the MP3 frames",
    "FLV 10.1, E.4.2.1 (SoundRate, SoundType)",
    "Most go by the frames; what believes the tag plays at a wrong pitch.",
  ),
} as const satisfies Readonly<Record<string, FaultKind>>;
