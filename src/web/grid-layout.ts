import type { StreamInfo } from "../server/api/schemas.ts";

/** Where the tiles have room without scrolling, in CSS pixels. */
export interface Area {
  readonly width: number;
  readonly height: number;
  readonly gap: number;
}

export interface Layout {
  readonly columns: number;
  /** null: as wide as the columns allow, since it has to be scrolled anyway. */
  readonly tileWidth: number | null;
}

/** Below this width a tile shows too little: rather scroll. */
const LEAST_WIDTH = 220;
/** A phone held sideways: two columns. */
const LOW_HEIGHT = 480;
const LEAST_WIDTH_IF_LOW = 300;
const WIDESCREEN = 16 / 9;

/** The columns with the largest tiles that all fit; where these would be too small, as many columns as have room. */
export function layoutFor(count: number, area: Area, aspect: number): Layout {
  const { width, gap } = area;
  const least = area.height < LOW_HEIGHT ? LEAST_WIDTH_IF_LOW : LEAST_WIDTH;
  const most = Math.max(1, Math.floor((width + gap) / (least + gap)));
  const best = largest(count, area, aspect);
  const isPhone = most === 1 && count > 1;
  const isTooSmall = best.tileWidth < Math.min(least, width);
  return isPhone || isTooSmall ? { columns: Math.min(most, Math.max(1, count)), tileWidth: null } : best;
}

function largest(count: number, { width, height, gap }: Area, aspect: number) {
  let best = { columns: 1, tileWidth: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const widest = (width - gap * (columns - 1)) / columns;
    const highest = (height - gap * (rows - 1)) / rows;
    const tileWidth = Math.min(widest, highest * aspect);
    if (tileWidth > best.tileWidth) best = { columns, tileWidth };
  }
  return best;
}

/** Width by height of most of the streams: where all cameras are 4:3, so are the tiles. */
export function commonAspect(streams: readonly StreamInfo[]): number {
  const counts = new Map<number, number>();
  for (const { size } of streams) {
    const [width = 0, height = 0] = size?.split("x").map(Number) ?? [];
    const aspect = Math.round((width / height) * 100) / 100;
    if (aspect >= 1 && aspect <= 2.4) counts.set(aspect, (counts.get(aspect) ?? 0) + 1);
  }
  const [most] = [...counts].toSorted(([, a], [, b]) => b - a);
  return most === undefined || Math.abs(most[0] - WIDESCREEN) < 0.01 ? WIDESCREEN : most[0];
}
