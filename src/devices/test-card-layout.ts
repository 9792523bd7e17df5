import type { Area } from "./device.ts";
import type { Size } from "./picture.ts";
import { CELL } from "./pixel-font.ts";

export interface TestCard extends Size {
  readonly fps: number;
}

/** A line of digits, and the strip that they are cut from. */
export interface Line {
  readonly x: number;
  readonly y: number;
  readonly height: number;
  readonly scale: number;
  readonly stripY: number;
}

export type Box = Area;

/** All in pixels of the card as it is drawn, before it is enlarged; even, as 4:2:0 video needs it. */
export interface Layout extends Size {
  /** What the still picture is drawn on: wider, and with the strips below. */
  readonly canvas: Size;
  readonly label: Line & { readonly text: string };
  readonly mark: Omit<Box, "x"> & { readonly stripY: number };
  readonly clock: Line;
  readonly counter: Line;
  readonly bars: readonly (Box & { readonly colour: string })[];
  /** The flash. */
  readonly box: Box;
}

export const COUNTER_DIGITS = 6;
const CLOCK_CELLS = 8;
/** About the size in which it is drawn, and the least in which all of it has room. */
const DRAWN = { width: 300, height: 160 };
const LEAST = { width: 96, height: 80 };
const MAX_SCALE = 5;
/** What is longer is drawn at this shape, and stretched. */
const MAX_ASPECT = 3;

const GREYS = ["0x000000", "0x333333", "0x666666", "0x999999", "0xcccccc", "0xffffff"];
const COLOURS = ["0xc0c000", "0x00c0c0", "0x00c000", "0xc000c0", "0xc00000", "0x0000c0"];

export function layOut(card: TestCard): Layout {
  const { width, height } = drawnSize(card);
  const widest = Math.floor((width - 16) / (CLOCK_CELLS * CELL.width));
  const scale = Math.min(MAX_SCALE, widest, Math.floor(height / 28));
  const small = scale > 3 ? 2 : 1;
  const margin = even(Math.min(width, height * 2) / 32);
  const mark = { width: even(width / 40), height: 2 * small, stripY: height };
  const clockStripY = height + mark.height;
  const clock = lineOf(width, CLOCK_CELLS, scale, even(height * 0.42 - 4 * scale), clockStripY);
  const counter = lineOf(
    width,
    COUNTER_DIGITS,
    small,
    clock.y + clock.height + 2 * small,
    clockStripY + clock.height,
  );
  const columns = Math.floor((width - 2 * margin) / (CELL.width * small));
  const label = {
    ...lineOf(width, 0, small, margin, counter.stripY + counter.height),
    x: margin,
    text: labelText(card, columns),
  };
  const markY = Math.min(clock.y - mark.height, Math.max(even(height * 0.2), label.y + label.height));
  const canvas = {
    width: 2 * Math.max(width, even((11 * CELL.width * scale) / 2)),
    height: label.stripY + label.height,
  };
  const band = { y: even(height * 0.75), height: even(height * 0.2) };
  const box = { ...band, x: even(width * 0.35), width: even(width * 0.3) };
  return {
    ...{ width, height, canvas, label, clock, counter, box },
    mark: { ...mark, y: markY },
    bars: barsOf(width, margin, box),
  };
}

/** Enlarged by a whole number where that is possible, so that all pixels are alike. */
function drawnSize(card: TestCard) {
  const width = Math.min(card.width, card.height * MAX_ASPECT);
  const height = Math.min(card.height, card.width * MAX_ASPECT);
  const zoom = Math.max(1, Math.floor(Math.min(width / DRAWN.width, height / DRAWN.height)));
  return {
    width: Math.max(LEAST.width, even(Math.ceil(width / zoom))),
    height: Math.max(LEAST.height, even(Math.ceil(height / zoom))),
  };
}

/** In the middle. */
function lineOf(width: number, cells: number, scale: number, y: number, stripY: number): Line {
  return {
    x: even((width - cells * CELL.width * scale + scale) / 2),
    y,
    height: CELL.height * scale,
    scale,
    stripY,
  };
}

/** Greys at the left of the box, colours at its right. */
function barsOf(width: number, margin: number, box: Box): Layout["bars"] {
  const barWidth = Math.max(2, 2 * Math.floor((box.x - 2 * margin) / 12));
  const barsAt = (x: number, colours: readonly string[]) =>
    colours.map((colour, at) => ({
      x: x + at * barWidth,
      y: box.y,
      width: barWidth,
      height: box.height,
      colour,
    }));
  return [...barsAt(margin, GREYS), ...barsAt(width - margin - 6 * barWidth, COLOURS)];
}

/** The name at the left, and where there is room size and rate at the right. */
function labelText({ width, height, fps }: TestCard, columns: number): string {
  const name = "flvcast";
  const facts = `${width}x${height}p${Math.round(fps * 100) / 100}`;
  const rest = columns - facts.length;
  return rest > name.length ? name.padEnd(rest) + facts : name;
}

function even(value: number): number {
  return 2 * Math.round(value / 2);
}
