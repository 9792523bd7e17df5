import { conflictIn } from "../settings/conflicts.ts";
import { settingText } from "../settings/from-code.ts";
import type { ServedStream } from "../settings/serve-settings.ts";
import type { Config } from "./config.ts";
import { valuesOf } from "./conflict.ts";
import type { ReadRule } from "./events.ts";
import type { Position } from "./faults.ts";
import { eventKeys, type Key, publishedKeys, serverKeys, streamKeys } from "./keys.ts";
import type { ReadStream } from "./streams.ts";
import type { Given, GivenValue } from "./values.ts";

/** A line of YAML, and where its value comes from; empty for a line that only begins a section. */
type Line = readonly [text: string, origin: string];

const BUILT_IN = "built in";
/** Longer lines have their origin out of line. */
const MAX_COLUMN = 48;

/**
 * A file's settings as a file in which every one is given. Secrets are left out.
 * @param path the file's, where the lines are to say what each value comes from; null where not
 */
export function shownConfig({ settings, layers }: Config, path: string | null): string {
  const from = (position: Position | undefined, note = "") =>
    position === undefined ? BUILT_IN : `${path}:${position.line}${note}`;
  const { outside } = layers;
  const { published } = settings;
  const server = {
    ...{ ...settings.server, maxViewers: settings.maxViewers, publish: published === null ? "none" : "any" },
    ...(published !== null && { publishKey: published.key, maxPublished: published.max }),
  };
  const lines: readonly Line[] = [
    [`name: ${scalar(settings.serverName)}`, layers.name === null ? "the file's name" : from(layers.name)],
    ...serverLines(server, layers, from),
    ["streams:", ""],
    ...layers.streams.flatMap((stream) => streamLines(stream, outside, from)),
    ...publishedLines(layers, from),
    ...(layers.events.length === 0 ? [] : [["events:", ""] as const]),
    ...layers.events.flatMap((rule) => ruleLines(rule, from)),
  ];
  const column = Math.min(MAX_COLUMN, Math.max(...lines.map(([text]) => text.length)));
  return lines
    .map(([text, origin]) => (path === null || origin === "" ? text : `${text.padEnd(column)} # ${origin}`))
    .map((line) => `${line}\n`)
    .join("");
}

type From = (position: Position | undefined, note?: string) => string;
type Layers = Config["layers"];

function serverLines(
  values: Readonly<Record<string, unknown>>,
  { server, outside }: Layers,
  from: From,
): readonly Line[] {
  const spelling: Readonly<Record<string, string>> = outside.spelling;
  return [...serverKeys].flatMap(([name, { setting, option }]): readonly Line[] => {
    const spelled = spelling[setting];
    const given = spelled === undefined ? server.get(setting) : undefined;
    const text = given?.isReferred ? givenText(given) : valueText({ setting, option }, values[setting]);
    return text === null ? [] : [[`${name}: ${text}`, spelled ?? from(given?.at)]];
  });
}

function streamLines(
  { stream, entry, own, used }: ReadStream,
  outside: Layers["outside"],
  from: From,
): readonly Line[] {
  const { ffmpeg } = outside.spelling;
  const lines = [...streamKeys].flatMap(([name, key]): readonly Line[] => {
    if (name === "ffmpeg" && ffmpeg !== undefined)
      return [[`ffmpeg: ${scalar(stream.channel.ffmpeg ?? "")}`, ffmpeg]];
    const given = used.get(key.setting);
    const text = given === undefined ? fallbackText(key, stream, used) : givenText(given);
    return text === null
      ? []
      : [[`${name}: ${text}`, from(given?.at, own.has(key.setting) ? "" : " (defaults)")]];
  });
  return [[`  ${scalar(entry.key)}:`, ""], ...lines.map(([text, origin]): Line => [`    ${text}`, origin])];
}

function publishedLines({ published }: Layers, from: From): readonly Line[] {
  if (published === null || published.own.size === 0) return [];
  const lines = [...publishedKeys].flatMap(([name, { setting }]): readonly Line[] => {
    const value = published.own.get(setting);
    return value === undefined ? [] : [[`  ${name}: ${givenText(value)}`, from(value.at)]];
  });
  return [["published:", ""], ...lines];
}

function ruleLines({ given, command }: ReadRule, from: From): readonly Line[] {
  const run: readonly Line[] =
    command.length === 0
      ? []
      : [
          [
            `run: [${command.map(({ isReferred, shown }) => JSON.stringify(isReferred ? shown : escaped(shown))).join(", ")}]`,
            from(command[0]?.at),
          ],
        ];
  const others = [...eventKeys].flatMap(([name, { setting }]): readonly Line[] => {
    const value = given.get(setting);
    return value === undefined ? [] : [[`${name}: ${givenText(value)}`, from(value.at)]];
  });
  return [...run, ...others].map(
    ([text, origin], index): Line => [`${index === 0 ? "  - " : "    "}${text}`, origin],
  );
}

/** Only what has an effect: nothing is encoded where the video is copied, and who may watch is said where it is not as usual. */
function fallbackText(
  { setting, option, isAccess }: Key,
  { channel }: ServedStream,
  used: Given,
): string | null {
  const values = { ...valuesOf(used), [setting]: option.fallback };
  const isIdle = isAccess || conflictIn(channel.device, values, {}) !== null;
  return isIdle ? null : valueText({ setting, option }, option.fallback);
}

function givenText({ value, isReferred, shown, flow }: GivenValue): string {
  if (flow !== undefined) return flow;
  if (Array.isArray(value) && value.length === 0) return "[]";
  return scalar(isReferred ? shown : escaped(shown));
}

/** null for a value that is none, or nothing. */
function valueText({ setting, option }: Pick<Key, "setting" | "option">, value: unknown): string | null {
  const text = value === undefined ? null : settingText(setting, option, value);
  if (text === null || text === "") return null;
  return scalar(option.isSecret ? "…" : escaped(text));
}

/** What looks like a reference, and is none. */
const escaped = (text: string) => text.replaceAll("${", () => "$${");

function scalar(text: string): string {
  const isPlain = /^[A-Za-z0-9_./…][\w./:@,+=%~…-]*$/.test(text) && !/:$|^null$/i.test(text);
  return isPlain ? text : JSON.stringify(text);
}
