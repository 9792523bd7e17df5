import type { FaultKind } from "../finding.ts";

/** Sound: codec, settings, frames. */
export const audioFaults = {
  "audio-codec-unknown": {
    severity: "error",
    title: "A SoundFormat that FLV does not know",
    specification: "FLV 10.1, E.4.2.1 (SoundFormat)",
    player: "mpegts.js ends with CodecUnsupported; ffmpeg reads data that nothing decodes.",
  },
  "audio-codec-old": {
    severity: "warning",
    title: "An audio codec that browsers do not play from FLV",
    specification: "FLV 10.1, E.4.2.1 (SoundFormat)",
    player: "ffmpeg and VLC play it; mpegts.js ends with CodecUnsupported, picture and all.",
  },
  "audio-fourcc-unknown": {
    severity: "error",
    title: "An audio FourCC that Enhanced RTMP does not know",
    specification: "Enhanced RTMP v2, ExAudioTagHeader (AudioFourCc)",
    player: "mpegts.js ends with CodecUnsupported; ffmpeg ignores the track.",
  },
  "audio-ex-packet-type": {
    severity: "error",
    title: "An AudioPacketType that Enhanced RTMP does not know",
    specification: "Enhanced RTMP v2, ExAudioTagHeader (AudioPacketType)",
    player: "mpegts.js ends with an error; ffmpeg drops the tag.",
  },
  "audio-config-missing": {
    severity: "error",
    title: "Sound comes without a sequence header before it",
    specification: "FLV 10.1, E.4.2.2 (AACPacketType); Enhanced RTMP v2 (SequenceStart)",
    player: "The sound cannot be decoded; mpegts.js waits for it and shows no picture either.",
  },
  "audio-config-late": {
    severity: "error",
    title: "The audio sequence header comes after the first sound",
    specification: "FLV 10.1, E.4.2.2 (AACPacketType)",
    player: "Sound up to it is lost; mpegts.js begins only there.",
  },
  "audio-config-changed": {
    severity: "note",
    title: "The audio settings change in mid-stream",
    specification: "FLV 10.1, E.4.2.2",
    player: "mpegts.js makes a new initialization segment; there may be a click.",
  },
  "aac-packet-type": {
    severity: "error",
    title: "An AACPacketType other than 0 or 1",
    specification: "FLV 10.1, E.4.2.1 (AACPacketType)",
    player: "mpegts.js and ffmpeg drop the sound.",
  },
  "aac-config-malformed": {
    severity: "error",
    title: "The AudioSpecificConfig cannot be read",
    specification: "ISO/IEC 14496-3, 1.6.2.1",
    player: "mpegts.js throws or ends with FormatError; no decoder can be set up.",
  },
  "aac-sound-fields": {
    severity: "note",
    title: "SoundRate, SoundSize and SoundType are not what AAC always has (3, 1, 1)",
    specification: "FLV 10.1, E.4.2.1 (SoundRate)",
    player: "Players go by the AudioSpecificConfig.",
  },
  "aac-adts": {
    severity: "error",
    title: "AAC frames keep their ADTS headers",
    specification: "FLV 10.1, E.4.2.2; ISO/IEC 14496-3, 1.A.2.2",
    player: "Browsers fail to decode: PipelineStatus error. ffmpeg and VLC may cope.",
  },
  "aac-frame-empty": {
    severity: "warning",
    title: "An AAC frame of no bytes",
    specification: "ISO/IEC 14496-3, 4.4.2.1",
    player: "mpegts.js drops it; WebCodecs and MSE fail at it.",
  },
  "aac-channels-mismatch": {
    severity: "error",
    title: "AAC frames have other channels than the AudioSpecificConfig says",
    specification: "ISO/IEC 14496-3, 1.6.3.5 (channelConfiguration)",
    player: "ffmpeg changes over with a warning; browsers fail or play noise.",
  },
  "audio-rate-mismatch": {
    severity: "error",
    title: "Sound comes at another rate than its settings say",
    specification: "ISO/IEC 14496-3, 1.6.3.4 (samplingFrequency)",
    player: "The pitch is wrong, or mpegts.js cuts and fills sound all the time.",
  },
  "audio-drift": {
    severity: "warning",
    title: "Timestamps of the sound run away from its samples",
    specification: "FLV 10.1, E.4.1 (Timestamp)",
    player: "Players that count samples lose lip sync; mpegts.js drops or inserts frames.",
  },
  "mp3-frame-malformed": {
    severity: "error",
    title: "MP3 data does not begin with a frame header",
    specification: "ISO/IEC 11172-3, 2.4.1.3",
    player: "mpegts.js drops it; ffmpeg searches for the next frame.",
  },
  "mp3-sound-fields": {
    severity: "warning",
    title: "SoundRate or SoundType are not those of the MP3 frames",
    specification: "FLV 10.1, E.4.2.1 (SoundRate, SoundType)",
    player: "Most go by the frames; what believes the tag plays at a wrong pitch.",
  },
} as const satisfies Readonly<Record<string, FaultKind>>;
