import { CELL, textImage } from "./pixel-font.ts";
import { COUNTER_DIGITS, type Layout, type Line, layOut, type TestCard } from "./test-card-layout.ts";

/** As 0xRRGGBB, and as the Y, U and V (BT.601) of the same, in which text is drawn. */
const PAPER = { rgb: "0x0f171b", y: 34, u: 131, v: 124 };
const INK_Y = 205;
const ACCENT = "0x2dd4bf";

/** What digits are cut from; the colon is the eleventh. */
const DIGITS = "0123456789:";
const COLON = "10";

/**
 * A calm test card as a filter graph: name, size and rate, this machine's clock, a frame counter, a mark that sweeps across
 * once a second, bars, and a white box in the first tenth of each second. Drawn without drawtext, which not every ffmpeg
 * has, and without geq, which is GPL. One picture is drawn once, larger than what is seen; each frame is put together of
 * rows and digits that are cut from it.
 */
export function testCard(card: TestCard): string {
  const layout = layOut(card);
  const cuts = new Cuts();
  const { width, clock, counter, mark, label } = layout;
  const rows = [
    cuts.still(0, 0, width, label.y),
    cuts.stack("h", [
      cuts.still(0, 0, label.x, label.height),
      cuts.still(0, label.stripY, width - label.x, label.height),
    ]),
    cuts.still(0, 0, width, mark.y - label.y - label.height),
    cuts.moving(width, mark.height, `${width}-mod(t,1)*${width - mark.width}`, mark.stripY),
    cuts.still(0, 0, width, clock.y - mark.y - mark.height),
    line(cuts, width, clock, clockDigits()),
    cuts.still(0, 0, width, counter.y - clock.y - clock.height),
    line(cuts, width, counter, counterDigits()),
    cuts.still(0, counter.y + counter.height, width, layout.height - counter.y - counter.height),
  ];
  const whole = cuts.stack("v", rows);
  const { names, steps } = cuts;
  return [
    ...stillPicture(card, layout),
    `[still]split=${names.length}${names.join("")}`,
    ...steps,
    `${whole}${flash(layout)},scale=${card.width}:${card.height}:flags=neighbor`,
  ].join(";");
}

/** Blank, digits, blank. */
function line(
  cuts: Cuts,
  width: number,
  { x, height, scale, stripY }: Line,
  digits: readonly string[],
): string {
  const cell = CELL.width * scale;
  const rest = width - x - digits.length * cell;
  return cuts.stack("h", [
    cuts.still(0, 0, x, height),
    ...digits.map((digit) => cuts.moving(cell, height, `${cell}*${digit}`, stripY)),
    cuts.still(0, 0, rest, height),
  ]);
}

/** What is cut from the still picture, and put together again: the steps of the graph, and what they begin with. */
class Cuts {
  readonly names: string[] = [];
  readonly steps: string[] = [];

  still(x: number, y: number, width: number, height: number): string {
    return this.#add(`crop=${width}:${height}:${x}:${y}`);
  }

  /** `x`: an expression, which ffmpeg computes for each frame. */
  moving(width: number, height: number, x: string, y: number): string {
    return this.#add(`crop=${width}:${height}:'${x}':${y}`);
  }

  stack(direction: "h" | "v", parts: readonly string[]): string {
    const name = `[${direction}${this.steps.length}]`;
    this.steps.push(`${parts.join("")}${direction}stack=${parts.length}${name}`);
    return name;
  }

  #add(filter: string): string {
    const at = this.names.push(`[s${this.names.length}]`) - 1;
    this.steps.push(`${this.names[at]}${filter}[c${at}]`);
    return `[c${at}]`;
  }
}

/** Bars, and below what is seen the mark, the digits in two sizes, and the text. */
function stillPicture({ fps }: TestCard, layout: Layout): readonly string[] {
  const { canvas, clock, counter, label, bars, mark } = layout;
  const boxes = [...bars, { ...mark, x: canvas.width / 2, y: mark.stripY, colour: ACCENT }].map(
    ({ x, y, width, height, colour }) => `drawbox=${x}:${y}:${width}:${height}:${colour}:fill`,
  );
  const padded = `pad=${canvas.width}`;
  const digitsWidth = DIGITS.length * CELL.width * clock.scale;
  return [
    `color=${PAPER.rgb}:s=${canvas.width}x${canvas.height}:r=${fps},format=yuv420p,${boxes.join(",")}[paper]`,
    `movie='${escaped(textImage([DIGITS, label.text]))}',split[a][b]`,
    `[a]${enlarged(clock.scale)},crop=${digitsWidth}:${clock.height}:0:0,${padded}[large]`,
    `[b]${enlarged(counter.scale)},${padded}[small]`,
    `[large][small]vstack,${INKED}[text]`,
    `[paper][text]overlay=0:${clock.stripY},loop=-1:1[still]`,
  ];
}

const enlarged = (scale: number) => `scale=iw*${scale}:-1:flags=neighbor,format=yuv420p`;

/** White on black becomes ink on paper. */
const INKED = `lutyuv='if(gt(val,128),${INK_Y},${PAPER.y})':${PAPER.u}:${PAPER.v}`;

/** A colon would end it. */
const escaped = (uri: string) => uri.replace(":", "\\:");

function flash({ box }: Layout): string {
  const { x, y, width, height } = box;
  return `drawbox=${x}:${y}:${width}:${height}:white:fill:enable='lt(mod(t,1),0.1)'`;
}

/** Local time. Each digit asks for it by itself: all are drawn within a tenth of a millisecond. */
function clockDigits(): readonly string[] {
  const zoneS = -new Date().getTimezoneOffset() * 60;
  const time = zoneS === 0 ? "time(0)" : `(time(0)+${zoneS})`;
  const hours = `mod(floor(${time}/3600),24)`;
  const digit = (everyS: number, base: number) => `mod(floor(${time}/${everyS}),${base})`;
  return [
    ...[`floor(${hours}/10)`, `mod(${hours},10)`, COLON],
    ...[digit(600, 6), digit(60, 10), COLON],
    ...[digit(10, 6), digit(1, 10)],
  ];
}

function counterDigits(): readonly string[] {
  return Array.from(
    { length: COUNTER_DIGITS },
    (_, at) => `mod(floor(n/${10 ** (COUNTER_DIGITS - 1 - at)}),10)`,
  );
}
