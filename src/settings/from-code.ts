import { UserError } from "../errors.ts";
import type { PushTarget } from "../outputs/push/target.ts";
import { nearest } from "../suggest.ts";
import type { Option } from "./option.ts";
import { UnacceptableError } from "./parse.ts";
import { type PushValues, pushDefaults, pushTargetOptions, pushTargets } from "./push-options.ts";
import { shown, textFault } from "./read-options.ts";
import { completeSettings, type GivenSettings as GivenValues } from "./resolve.ts";
import type { CommandSettings, StartSettings, StartValues } from "./settings.ts";
import { commandKeys, startOptions } from "./start-options.ts";

/** Settings of which only the device must be there. What is `undefined` is not given. */
export type GivenSettings = {
  readonly device: string;
  readonly push?: readonly GivenTarget[] | undefined;
} & {
  readonly [Key in Exclude<keyof StartValues, keyof CommandSettings | "device" | "listen" | "push">]?:
    | StartValues[Key]
    | undefined;
};

/** Where to push to: an RTMP URL with its stream key, or the URL and what else there is to say. */
export type GivenTarget = string | (Pick<PushValues, "url"> & Partial<PushValues>);

/** Settings as code gives them. @throws UserError of reason `usage` or `noEncoder` */
export function settingsFromCode(given: GivenSettings): StartSettings {
  if (typeof given !== "object" || given === null) throw usage("no settings given: pass { device }");
  const values = Object.entries(given).map(([key, value]) => [key, checkedValue(key, value)] as const);
  const checked = Object.fromEntries(values.filter(([, value]) => value !== undefined));
  if (!("device" in checked)) throw usage('no device given: pass one, e.g. { device: "test" }');
  const spelling = Object.fromEntries(Object.keys(startOptions).map((key) => [key, key]));
  return completeSettings(checked as GivenValues, spelling); // each value came from its own option
}

const commandLineKeys: Readonly<Record<string, true>> = { ...commandKeys, listen: true };

/** A value that passes for what the command line takes: its text is parsed as an argument is. undefined for what is not given. */
function checkedValue(key: string, value: unknown): unknown {
  if (value === undefined) return undefined;
  const option = optionOf(key);
  if (key === "push") return pushFromCode(value);
  if (value === null && option.fallback === null) return undefined;
  if (option.isList && Array.isArray(value) && value.length === 0) return value;
  const text = settingText(key, option, value);
  const fault = text === null ? `is ${kindOf(value)}` : textFault(text);
  if (text === null || fault !== null) throw usage(`${key} ${fault}: remove it`);
  const parsed = parsedText(option, text, `${key}${option.isSecret ? "" : ` ${shown(text)}`}`);
  if (kindOf(parsed) !== kindOf(value)) throw usage(`${key} is ${kindOf(value)}: use ${kindOf(parsed)}`);
  return typeof value === "number" ? value : parsed; // 30000/1001 has more digits than anyone types
}

function optionOf(key: string): Option<unknown> {
  if (Object.hasOwn(commandLineKeys, key)) throw usage(`${key} is only for the command line`);
  if (Object.hasOwn(startOptions, key)) return startOptions[key as keyof typeof startOptions]; // it has it
  const known = Object.keys(startOptions).filter((one) => !(one in commandLineKeys));
  const meant = nearest(key, known);
  throw usage(`unknown setting ${key}${meant === null ? "" : `; did you mean ${meant}?`}`);
}

function pushFromCode(value: unknown): readonly PushTarget[] {
  if (!Array.isArray(value)) throw usage(`push is ${kindOf(value)}: use an array`);
  const targets = pushTargets(value.map((one: unknown, index) => targetFromCode(one, `push[${index}]`)));
  if (typeof targets === "string") throw usage(`push ${targets}`);
  return targets;
}

function targetFromCode(value: unknown, path: string): PushValues {
  const given = typeof value === "string" ? { url: value } : value;
  if (typeof given !== "object" || given === null || !("url" in given))
    throw usage(`${path} is ${kindOf(value)}: use a URL, or an object with a url`);
  const values = Object.entries(given).flatMap(([key, one]: [string, unknown]) => {
    if (!Object.hasOwn(pushTargetOptions, key)) throw usage(`unknown setting ${path}.${key}`);
    const option: Option<unknown> = pushTargetOptions[key as keyof typeof pushTargetOptions]; // it has it
    if (one === undefined) return [];
    const text = settingText(key, option, one) ?? "";
    const fault = textFault(text);
    if (fault !== null) throw usage(`${path}.${key} ${fault}: remove it`);
    return [[key, parsedText(option, text, `${path}.${key}`)] as const];
  });
  return { ...pushDefaults, ...Object.fromEntries(values) } as PushValues; // each value came from its own option
}

/** A setting's value as an argument has it; null for what no argument is. */
export function settingText(key: string, option: Option<unknown>, value: unknown): string | null {
  const { metavar } = option;
  if (value === null) return option.nullText ?? null;
  if (option.text !== undefined && value !== undefined && typeof value !== "string") {
    try {
      return option.text(value);
    } catch (error) {
      if (error instanceof TypeError) return null; // it is of another type than the option's values
      throw error;
    }
  }
  return textOf(value, key.endsWith("Kbps") ? "k" : metavar === "TIME" ? "ms" : "");
}

/** @param unit of a number */
function textOf(value: unknown, unit: "k" | "ms" | ""): string | null {
  if (typeof value === "string" || typeof value === "boolean") return String(value);
  if (typeof value === "number") {
    const inUnit = unit === "ms" ? value / 1000 : value;
    return `${Number.isFinite(inUnit) ? Number(inUnit.toFixed(6)) : inUnit}${unit === "ms" ? "s" : unit}`;
  }
  if (Array.isArray(value)) return value.map((one: unknown) => textOf(one, unit) ?? "").join(",");
  return typeof value === "object" && value !== null ? objectText({ ...value }) : null;
}

/** A size, an area, a variant, a track map or a camera's control, as an argument has it. */
function objectText(given: Readonly<Record<string, unknown>>): string {
  const part = (key: string) => textOf(given[key] ?? null, "");
  const [width, height, number, name] = [part("width"), part("height"), part("number"), part("name")];
  if (name !== null) return `${name}=${part("value")}`;
  if (number !== null) return number;
  if (width !== null) return `${width}x${height}${placeText(given["at"])}`;
  if (height !== null) return `${height}p`;
  const tracks = { v: part("video"), a: part("audio") };
  return Object.entries(tracks)
    .flatMap(([kind, track]) => (track === null ? [] : `${kind}:${track}`))
    .join(",");
}

/** `+100+50`: where an area begins; nothing for its middle. */
function placeText(at: unknown): string {
  if (typeof at !== "object" || at === null || !("x" in at) || !("y" in at)) return "";
  return `+${textOf(at.x, "")}+${textOf(at.y, "")}`;
}

function parsedText(option: Option<unknown>, text: string, given: string): unknown {
  try {
    return option.parse(text);
  } catch (error) {
    if (error instanceof UnacceptableError) throw usage(`${given} ${error.message}`);
    throw error;
  }
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function usage(message: string): UserError {
  return new UserError("usage", message);
}
