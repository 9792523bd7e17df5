/** A live playlist as its server sends it: an HLS playlist (RFC 8216) or a DASH manifest (ISO/IEC 23009-1). */
export interface Playlist {
  /** How long its segments are at the most; null where it does not say, as a master playlist. */
  readonly segmentMs: number | null;
  /** Where a master playlist leads to: its first variant. */
  readonly variant: string | null;
  readonly segments: readonly string[];
}

export function parsePlaylist(text: string): Playlist {
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const addresses = lines.filter((line) => line !== "" && !line.startsWith("#") && !line.startsWith("<"));
  const isMaster = lines.some((line) => line.startsWith("#EXT-X-STREAM-INF"));
  return {
    segmentMs: segmentMs(text),
    variant: isMaster ? (addresses[0] ?? null) : null,
    segments: isMaster ? [] : addresses,
  };
}

/** Longer segments are none that anybody waits for. */
const MAX_SEGMENT_MS = 3_600_000;

function segmentMs(text: string): number | null {
  const ms = saidMs(text);
  return ms > 0 && ms <= MAX_SEGMENT_MS ? ms : null;
}

/** Whatever it says, which may be no number. */
function saidMs(text: string): number {
  const seconds = /^#EXT-X-TARGETDURATION:\s*([\d.]+)/m.exec(text)?.[1];
  if (seconds !== undefined) return Number(seconds) * 1000;
  const [, hours = 0, minutes = 0, rest = 0] =
    /\bmaxSegmentDuration="PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?"/.exec(text) ?? [];
  return (Number(hours) * 3600 + Number(minutes) * 60 + Number(rest)) * 1000;
}
