import { readMp3Header } from "../mp3/frame.ts";
import type { AudioFrame } from "../packet.ts";
import { exHeader, exSoundFormat, fourccNumber, PacketType } from "./fourcc.ts";

/** SoundFormat, the high half of AudioTagHeader's first byte (Adobe FLV 10.1, E.4.2.1). */
export const SoundFormat = { mp3: 2, aLaw: 7, muLaw: 8, aac: 10 } as const;

/**
 * SoundFormat 10 (AAC), SoundRate 3, SoundSize 1, SoundType 1: always so for AAC, whatever the sound is; its
 * AudioSpecificConfig counts (E.4.2.1).
 */
export const aacSound = 0b1010_11_1_1;
/** 8 kHz mono, as ffmpeg and cameras write it: SoundRate 0, SoundSize 1, SoundType 0. */
export const aLawSound = 0b0111_00_1_0;
export const muLawSound = 0b1000_00_1_0;

/** How audio tags hold a codec: what stands before the decoder config and before a frame's data. */
export interface AudioForm {
  /** audiocodecid of onMetaData. */
  readonly codecId: number;
  /** null for a codec that has no settings of its own: its frames say all. */
  readonly sequenceHeader: Uint8Array | null;
  readonly frameHeader: (frame: AudioFrame) => Uint8Array;
}

const aacFrameHeader = Uint8Array.of(aacSound, PacketType.coded);
export const aacForm: AudioForm = {
  codecId: SoundFormat.aac,
  sequenceHeader: Uint8Array.of(aacSound, PacketType.sequenceStart),
  frameHeader: () => aacFrameHeader,
};

const opusFrameHeader = exHeader((exSoundFormat << 4) | PacketType.coded, "Opus");
/** Without a MultichannelConfig, over which pages with mpegts.js may stop. */
export const opusForm: AudioForm = {
  codecId: fourccNumber("Opus"),
  sequenceHeader: exHeader((exSoundFormat << 4) | PacketType.sequenceStart, "Opus"),
  frameHeader: () => opusFrameHeader,
};

/** Each frame with its own header, which players read; the tag's rate is the nearest that FLV has. */
export const mp3Form: AudioForm = {
  codecId: SoundFormat.mp3,
  sequenceHeader: null,
  frameHeader: ({ data }) => Uint8Array.of(mp3Sound(data)),
};

export const aLawForm = plainForm(SoundFormat.aLaw, aLawSound);
export const muLawForm = plainForm(SoundFormat.muLaw, muLawSound);

function plainForm(codecId: number, sound: number): AudioForm {
  const header = Uint8Array.of(sound);
  return { codecId, sequenceHeader: null, frameHeader: () => header };
}

/** SoundRate: 3 from 44.1 kHz on, 2 from 22.05, 1 from 11.025; SoundSize 1. */
function mp3Sound(frame: Uint8Array): number {
  const { sampleRateHz = 44_100, channels = 2 } = readMp3Header(frame) ?? {};
  const rate = [11_025, 22_050, 44_100].filter((rateHz) => sampleRateHz >= rateHz).length;
  return (SoundFormat.mp3 << 4) | (rate << 2) | (1 << 1) | (channels === 2 ? 1 : 0);
}
