import { error, type FaultKind, note, warning } from "../finding.ts";

/** Sound: codec, settings, frames. */
export const audioFaults = {
  "audio-codec-unknown": error(
    "Unknown SoundFormat",
    "FLV 10.1, E.4.2.1 (SoundFormat)",
    "mpegts.js fails with CodecUnsupported; ffmpeg reads data it cannot decode.",
  ),
  "audio-codec-old": warning(
    "Audio codec that browsers do not play from FLV",
    "FLV 10.1, E.4.2.1 (SoundFormat)",
    "ffmpeg and VLC play it; mpegts.js fails with CodecUnsupported and plays no video either.",
  ),
  "audio-fourcc-unknown": error(
    "Unknown audio FourCC in Enhanced RTMP",
    "Enhanced RTMP v2, ExAudioTagHeader (AudioFourCc)",
    "mpegts.js fails with CodecUnsupported; ffmpeg ignores the track.",
  ),
  "audio-ex-packet-type": error(
    "Unknown AudioPacketType in Enhanced RTMP",
    "Enhanced RTMP v2, ExAudioTagHeader (AudioPacketType)",
    "mpegts.js stops with an error; ffmpeg drops the tag.",
  ),
  "audio-config-missing": error(
    "Audio without a sequence header",
    "FLV 10.1, E.4.2.2 (AACPacketType); Enhanced RTMP v2 (SequenceStart)",
    "The audio cannot be decoded; mpegts.js keeps waiting for it and shows no video either.",
  ),
  "audio-config-late": error(
    "Audio sequence header after the first audio frames",
    "FLV 10.1, E.4.2.2 (AACPacketType)",
    "Audio before it is lost; mpegts.js starts only there.",
  ),
  "audio-config-changed": note(
    "Audio settings change mid-stream",
    "FLV 10.1, E.4.2.2",
    "mpegts.js creates a new initialization segment; there may be a click.",
  ),
  "aac-packet-type": error(
    "AACPacketType is neither 0 nor 1",
    "FLV 10.1, E.4.2.1 (AACPacketType)",
    "mpegts.js and ffmpeg drop the audio.",
  ),
  "aac-config-malformed": error(
    "AudioSpecificConfig is malformed",
    "ISO/IEC 14496-3, 1.6.2.1",
    "mpegts.js throws or fails with FormatError; no decoder can be set up.",
  ),
  "aac-sound-fields": note(
    "SoundRate, SoundSize and SoundType are not 3, 1, 1 as required for AAC",
    "FLV 10.1, E.4.2.1 (SoundRate)",
    "None: players use the AudioSpecificConfig.",
  ),
  "aac-adts": error(
    "AAC frames still have ADTS headers",
    "FLV 10.1, E.4.2.2; ISO/IEC 14496-3, 1.A.2.2",
    "Browsers fail to decode them (PipelineStatus error); ffmpeg and VLC may cope.",
  ),
  "aac-frame-empty": warning(
    "Empty AAC frame",
    "ISO/IEC 14496-3, 4.4.2.1",
    "mpegts.js drops it; WebCodecs and MSE fail.",
  ),
  "aac-channels-mismatch": error(
    "Channels in AAC frames differ from the AudioSpecificConfig",
    "ISO/IEC 14496-3, 1.6.3.5 (channelConfiguration)",
    "ffmpeg switches with a warning; browsers fail or play noise.",
  ),
  "audio-rate-mismatch": error(
    "Audio rate differs from its settings",
    "ISO/IEC 14496-3, 1.6.3.4 (samplingFrequency)",
    "The pitch is wrong, or mpegts.js constantly cuts and fills audio.",
  ),
  "audio-drift": warning(
    "Audio timestamps drift from the number of samples",
    "FLV 10.1, E.4.1 (Timestamp)",
    "Players that count samples lose lip sync; mpegts.js drops or inserts frames.",
  ),
  "mp3-frame-malformed": error(
    "MP3 data does not start with a frame header",
    "ISO/IEC 11172-3, 2.4.1.3",
    "mpegts.js drops it; ffmpeg searches for the next frame.",
  ),
  "mp3-sound-fields": warning(
    "SoundRate or SoundType differs from the MP3 frames",
    "FLV 10.1, E.4.2.1 (SoundRate, SoundType)",
    "Most players use the frames; those that trust the tag play at the wrong pitch.",
  ),
} as const satisfies Readonly<Record<string, FaultKind>>;
