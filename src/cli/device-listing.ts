import { plain } from "../devices/called.ts";
import type { Control } from "../devices/control.ts";
import type { Device, Devices, Mode } from "../devices/device.ts";
import type { Pin } from "../devices/pins.ts";

const COLUMNS = 80;
const INDENT = " ".repeat(10);
const MAX_FORMATS = 4;
const MAX_SIZES = 6;
const MAX_RATES = 4;

/** A pin, and the devices that it stands for now: a camera and its microphone may have one id. */
export interface PlacedPin extends Pin {
  readonly devices: readonly string[];
}

/** The devices and pins as people read them, in lines of a terminal's width; only ids and reasons may be longer. */
export function listingText({ cameras, microphones, screens }: Devices, pins: readonly PlacedPin[]): string {
  const sections = [
    section("Cameras", cameras),
    section("Microphones", microphones),
    section("Screens", screens),
    ...(pins.length > 0 ? [["Permanent names", ...pins.map(pinLine)]] : []),
  ];
  return `${sections.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

export function deviceText(device: Device, controls: readonly Control[]): string {
  const settable = controls.filter(({ isReadOnly }) => !isReadOnly);
  const title = `${INDENT}controls (flvcast start --control NAME=VALUE):`;
  const lines = [
    ...deviceLines(device),
    ...(settable.length > 0 ? [title, ...settable.flatMap(controlLines)] : []),
  ];
  return `${lines.join("\n")}\n`;
}

function controlLines({ name, kind, value, range, choices, isInactive }: Control): readonly string[] {
  const now = `now ${value === null ? "unknown" : plain(value)}${isInactive ? ", set automatically" : ""}`;
  const numbers = range === null ? [] : [`${range.min} to ${range.max}`];
  const values =
    choices.length > 0
      ? choices.map((choice) => `${choice.value} ${plain(choice.means)}`)
      : kind === "bool"
        ? ["0 or 1"]
        : numbers;
  return wrapped(`  ${plain(name)}: `, [...values, now]);
}

function section(title: string, devices: readonly Device[]): readonly string[] {
  return [title, ...(devices.length > 0 ? devices.flatMap(deviceLines) : ["  none found"])];
}

function deviceLines(device: Device): readonly string[] {
  const { alias, name, node, stableId, access, holders } = device;
  const remark = device.kind === "microphone" && device.isMonitor ? "  (what this machine plays)" : "";
  return [
    `  ${alias.padEnd(7)} ${plain(name)}${remark}`,
    ...(node === name ? [] : [`${INDENT}${plain(node)}`]),
    ...(stableId === name || node.endsWith(stableId) ? [] : [`${INDENT}id: ${plain(stableId)}`]),
    ...(holders.length > 0
      ? [
          `${INDENT}in use by ${holders.map(({ name: held, pid }) => `${plain(held)} (pid ${pid})`).join(", ")}`,
        ]
      : []),
    ...(access.isAllowed
      ? []
      : [`${INDENT}cannot be opened: ${plain(access.reason)}`, `${INDENT}to fix: ${access.fix}`]),
    ...(device.kind === "camera" ? formatLines(device.modes) : []),
  ];
}

function pinLine({ name, stableId, devices }: PlacedPin): string {
  const place = devices.length > 0 ? devices.join(", ") : "not connected";
  return `  ${name.padEnd(12)} ${place.padEnd(13)} ${plain(stableId)}`;
}

/** What a camera sends, by format: what can be passed through as it is first, then what costs the least to carry. */
function formatLines(modes: readonly Mode[]): readonly string[] {
  const formats = [...new Set(modes.map(({ format }) => format))]
    .map((format) => modes.filter((mode) => mode.format === format))
    .toSorted((one, other) => rankOf(one) - rankOf(other));
  const lines = formats.slice(0, MAX_FORMATS).flatMap(wrappedFormat);
  const more = formats.length - MAX_FORMATS;
  return more > 0 ? [...lines, `${INDENT}… and ${more} more formats: see --json`] : lines;
}

const RANKS: readonly Mode["coding"][] = ["h264", "mjpeg", "raw", "other"];
const rankOf = ([mode]: readonly Mode[]) => (mode === undefined ? 0 : RANKS.indexOf(mode.coding));

function wrappedFormat(modes: readonly Mode[]): readonly string[] {
  const [first] = modes;
  if (first === undefined) return [];
  const isCompressed = first.coding === "h264" || first.coding === "mjpeg";
  const sizes = modes.toSorted((one, other) => pixelsOf(other) - pixelsOf(one)).map(sizeText);
  const more = sizes.length - MAX_SIZES;
  const shown = [...sizes.slice(0, MAX_SIZES), ...(more > 0 ? [`… ${more} more`] : [])];
  return wrapped(`${plain(first.format)}${isCompressed ? " (native)" : ""} `, shown);
}

function wrapped(label: string, parts: readonly string[]): readonly string[] {
  const lines: string[] = [];
  let line = `${INDENT}${label}`;
  for (const [index, part] of parts.entries()) {
    const text = index < parts.length - 1 ? `${part} · ` : part;
    if (line.length + text.trimEnd().length > COLUMNS) {
      lines.push(line.trimEnd());
      line = `${INDENT}  `;
    }
    line += text;
  }
  return [...lines, line];
}

function pixelsOf({ sizes }: Mode): number {
  const { width, height } = sizes.kind === "discrete" ? sizes : sizes.max;
  return width * height;
}

function sizeText({ sizes, rates }: Mode): string {
  const size =
    sizes.kind === "discrete"
      ? `${sizes.width}x${sizes.height}`
      : `${sizes.min.width}x${sizes.min.height} to ${sizes.max.width}x${sizes.max.height}`;
  const rate = rateText(rates);
  return rate === "" ? size : `${size} @ ${rate}`;
}

function rateText(rates: Mode["rates"]): string {
  switch (rates.kind) {
    case "discrete": {
      const more = rates.fps.length > MAX_RATES ? ", …" : "";
      return `${rates.fps.slice(0, MAX_RATES).map(fpsText).join(", ")}${more}`;
    }
    case "range":
      return `${fpsText(rates.minFps)} to ${fpsText(rates.maxFps)}`;
    case "unknown":
      return "";
  }
}

const fpsText = (fps: number) => String(Math.round(fps * 100) / 100);
