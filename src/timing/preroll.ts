import {
  type AudioConfig,
  type AudioFrame,
  decodeTimeUs,
  type Packet,
  type TrackName,
  type Tracks,
  type VideoConfig,
  type VideoFrame,
} from "../media/packet.ts";

/** Bounds of what is held back: a group this long without the other track's settings is let go. */
const MAX_HELD_PACKETS = 2000;
/** Sound of the last two seconds and a half: it arrives after its picture, or before it where an encoder holds that back. */
const MAX_HELD_AUDIO = 128;

/**
 * Holds a channel's packets back until it can begin: the settings of every track are known and a key frame is there.
 * The group from that key frame is kept meanwhile, so that a sound card slow to start does not cost a second.
 */
export class Preroll {
  readonly #tracks: Tracks;
  readonly #keepsAll: boolean;
  #videoConfig: VideoConfig | null = null;
  #audioConfig: AudioConfig | null = null;
  #held: (VideoFrame | AudioFrame)[] = [];
  #videoFrames = 0;
  #isOpen = false;

  /** @param keepsAll it begins at the first key frame, and not at the newest: a file's beginning is to be seen, however long its sound takes */
  constructor(tracks: Tracks, keepsAll = false) {
    this.#tracks = tracks;
    this.#keepsAll = keepsAll;
  }

  /** What the stream still lacks, in words; null once it has begun. */
  get missing(): "video" | "audio" | null {
    if (this.#isOpen) return null;
    if (this.#tracks.video && this.#videoFrames === 0) return "video";
    const isSoundThere = !this.#tracks.audio || (this.#audioConfig !== null && this.#tracks.video);
    return isSoundThere ? "video" : "audio";
  }

  /** The packets that go on now: nothing, then all that were held and begin with the settings, then each at once. */
  push(packet: Packet): readonly Packet[] {
    if (this.#isOpen) return [packet];
    this.#hold(packet);
    if (!this.#isComplete()) return [];
    this.#isOpen = true;
    const settings = [this.#videoConfig, this.#audioConfig].filter((config) => config !== null);
    // By decode time: in a file, the sound of a whole second may stand before its pictures.
    const packets = [...settings, ...this.#held.toSorted((a, b) => decodeTimeUs(a) - decodeTimeUs(b))];
    this.#held = [];
    return packets;
  }

  /** The track's source is gone: what it sent so far does not go with what comes. */
  forget(track: TrackName): void {
    if (track === "video") this.#drop();
    else this.#held = this.#held.filter((packet) => packet.kind !== "audio-frame");
  }

  #isComplete(): boolean {
    const { video, audio } = this.#tracks;
    const isVideoThere = !video || (this.#videoConfig !== null && this.#videoFrames > 0);
    return isVideoThere && (!audio || this.#audioConfig !== null) && this.#held.length > 0;
  }

  #hold(packet: Packet): void {
    switch (packet.kind) {
      case "video-config":
        this.#videoConfig = packet;
        return;
      case "audio-config":
        this.#audioConfig = packet;
        return;
      case "video-frame":
        if (packet.isKey && !this.#keepsAll) this.#drop();
        if (this.#videoFrames === 0 && !packet.isKey) return;
        this.#videoFrames += 1;
        return this.#keep(packet);
      case "audio-frame":
        return this.#keep(packet);
    }
  }

  #keep(frame: VideoFrame | AudioFrame): void {
    if (this.#held.length >= MAX_HELD_PACKETS) this.#drop();
    else this.#held.push(frame);
  }

  #drop(): void {
    this.#held = this.#held.filter((packet) => packet.kind === "audio-frame").slice(-MAX_HELD_AUDIO);
    this.#videoFrames = 0;
  }
}
