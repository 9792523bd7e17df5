import { error, note, warning } from "../finding.ts";

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
  "aac-channel-layout": warning(
    "AAC channel layout that not all players have",
    "ISO/IEC 14496-3, 1.6.3.5 (channelConfiguration)",
    "mpegts.js fails with FormatError above 7; browsers do not play 0, a layout of its own. ffmpeg plays both.",
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
  "mp3-frame-size": warning(
    "Tag does not contain exactly one MP3 frame",
    "ISO/IEC 11172-3, 2.4.3.1 (frame length)",
    "mpegts.js takes each tag for one frame: gaps, clicks or the wrong speed.",
  ),
  "mp3-sound-fields": warning(
    "SoundRate or SoundType differs from the MP3 frames",
    "FLV 10.1, E.4.2.1 (SoundRate, SoundType)",
    "Most players use the frames; those that trust the tag play at the wrong pitch.",
  ),
  "opus-config-malformed": error(
    "OpusHead is malformed",
    "RFC 7845, 5.1; Enhanced RTMP v2 (SequenceStart)",
    "mpegts.js waits for it forever; no decoder can be set up.",
  ),
  "opus-mapping-family": warning(
    "Unusual channel mapping of Opus",
    "RFC 7845, 5.1.1 (channel mapping family)",
    "Browsers play families 0 and 1 only; ffmpeg plays more.",
  ),
  "opus-packet-malformed": error(
    "Opus packet is malformed",
    "RFC 6716, 3.1 to 3.4",
    "Decoders drop it: a gap or a click.",
  ),
  "opus-packet-duration": warning(
    "Opus packets are not 20 ms long",
    "RFC 6716, 3.1 (TOC byte)",
    "mpegts.js takes all packets for 20 ms: it plays at the wrong speed and drops audio; ffmpeg and WebCodecs are not affected.",
  ),
  "audio-g711": note(
    "G.711 audio",
    "FLV 10.1, E.4.2.1 (SoundFormat 7 and 8)",
    "ffmpeg, VLC and GStreamer play it. mpegts.js and flv.js fail with CodecUnsupported, so most web pages play no video either.",
  ),
  "g711-sound-fields": warning(
    "G.711 tag is not marked as 8 kHz mono (0x72, 0x82)",
    "FLV 10.1, E.4.2.1 (SoundRate, SoundType)",
    "Few players have other rates; where the tag is wrong, the pitch is.",
  ),
};
