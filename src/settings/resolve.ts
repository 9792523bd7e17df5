import { parseDeviceSpec } from "../device/spec.ts";
import { UserError } from "../failure.ts";
import { redactUrls } from "../ffmpeg/redact.ts";
import { defaultName } from "./default-name.ts";
import { environmentName, type Option, startOptions } from "./options.ts";
import { UnacceptableError } from "./parse.ts";
import type { StartSettings } from "./settings.ts";

/** What stood on the command line, by flag and as text; a switch is `true`. */
export type FlagTexts = ReadonlyMap<string, string>;

type Environment = Readonly<Record<string, string | undefined>>;
type Key = keyof StartSettings;
/** Settings of which only the device must be there. */
export type GivenSettings = Partial<StartSettings> & Pick<StartSettings, "device">;
type Given = { -readonly [K in Key]?: StartSettings[K] };
/** How a given option was written, for messages: `--size`, `FLVCAST_SIZE`. */
type Spelling = Partial<Record<Key, string>>;

/** Flags beat the environment, which beats the defaults. @throws UserError of reason `usage` */
export function resolveStartSettings(flags: FlagTexts, env: Environment): StartSettings {
  const given: Given = {};
  const spelling: Spelling = {};
  for (const key of keys) read(key, flags, env, given, spelling);
  const { device } = given;
  if (device === undefined) {
    throw new UserError(
      "usage",
      "--device is missing: say what to capture, for example flvcast start --device test",
    );
  }
  return completeSettings({ ...given, device }, spelling);
}

/** What is not given gets its default. @throws UserError of reason `usage` where settings contradict each other */
export function completeSettings(given: GivenSettings, spelling: Spelling = {}): StartSettings {
  refuseConflicts(given.device, given, spelling);
  return { ...defaults(), name: defaultName(given.device), ...given };
}

const keys = Object.keys(startOptions) as readonly Key[]; // the table has these keys and no others

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- K ties the option to its setting
function read<K extends Key>(
  key: K,
  flags: FlagTexts,
  env: Environment,
  given: Given,
  spelling: Spelling,
): void {
  const option: Option<StartSettings[K]> = startOptions[key];
  const variable = environmentName(option.flag);
  const flagText = flags.get(option.flag);
  const text = flagText ?? (env[variable] || undefined);
  if (text === undefined) return;
  const fromFlag = flagText !== undefined;
  given[key] = parsed(option, text, fromFlag ? `--${option.flag} ` : `${variable}=`);
  spelling[key] = fromFlag ? `--${option.flag}` : variable;
}

/** @param prefix what comes before the value where it was written: `--size ` or `FLVCAST_SIZE=` */
function parsed<Value>(option: Option<Value>, text: string, prefix: string): Value {
  if (text === "")
    throw new UserError("usage", `${prefix.trimEnd()} is empty: give ${option.metavar}, or leave it out`);
  try {
    return option.parse(text);
  } catch (error) {
    if (!(error instanceof UnacceptableError)) throw error;
    const { message, example } = error;
    throw new UserError("usage", `${prefix}${shown(text)} ${message}, for example ${prefix}${example}`);
  }
}

/** A value as a message shows it: on one line, not endless, without passwords. */
export function shown(text: string): string {
  const hidden = redactUrls(text);
  const short = hidden.length > 80 ? `${hidden.slice(0, 79)}…` : hidden;
  return /^[\x21-\x7e…]+$/.test(short) ? short : JSON.stringify(short);
}

function defaults(): Omit<StartSettings, "device" | "name"> {
  const fallbacks = Object.entries(startOptions).map(([key, option]) => [key, option.fallback]);
  return Object.fromEntries(fallbacks) as Omit<StartSettings, "device" | "name">; // a test checks that none is missing
}

/** What an encoder would need to change. */
const encoding = ["size", "fps", "bitrateKbps", "encoder", "gopSeconds"] as const;

function refuseConflicts(device: string, given: Partial<StartSettings>, spelling: Spelling): void {
  const { kind } = parseDeviceSpec(device);
  const is = (key: Key): string => spelling[key] ?? `--${startOptions[key].flag}`;

  if (kind === "stdin") {
    // The nominal rate is the one thing about stdin's pictures that the user may know better than the stream.
    const encodes = encoding.find((key) => key !== "fps" && given[key] !== undefined);
    if (encodes)
      refuse(`${is(encodes)} cannot change the H.264 on stdin: leave it out, it is passed through as it is`);
    if (given.audio === "-")
      refuse(`${is("audio")} - cannot be: stdin brings the picture; name another input for sound`);
  } else if (given.copy) {
    const encodes = encoding.find((key) => given[key] !== undefined);
    if (encodes)
      refuse(`${is("copy")} passes the picture through as it is: leave out ${is("copy")} or ${is(encodes)}`);
  }
  if (given.loop && kind !== "file")
    refuse(`${is("loop")} is for media files, and ${is("device")} ${shown(device)} is none: leave it out`);
  if (given.quiet && given.verbose)
    refuse(`${is("quiet")} and ${is("verbose")} contradict each other: leave one out`);
  if (given.showSecrets && !given.dryRun) {
    refuse(`${is("showSecrets")} goes only with --dry-run: add --dry-run, or leave it out`);
  }
}

function refuse(message: string): never {
  throw new UserError("usage", message);
}
