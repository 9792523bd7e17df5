import { parseDeviceSpec } from "../device/spec.ts";
import { UserError } from "../failure.ts";
import { redactUrls } from "../ffmpeg/redact.ts";
import { defaultName } from "./default-name.ts";
import {
  devicesOptions,
  doctorOptions,
  environmentName,
  type Option,
  type OptionTable,
  startOptions,
} from "./options.ts";
import { UnacceptableError } from "./parse.ts";
import type { DevicesSettings, DoctorSettings, StartSettings } from "./settings.ts";

/** What stood on the command line, by flag and as text; a switch is `true`. */
export type FlagTexts = ReadonlyMap<string, string>;

type Environment = Readonly<Record<string, string | undefined>>;
type Key = keyof StartSettings;
/** Settings of which only the device must be there. */
export type GivenSettings = Partial<StartSettings> & Pick<StartSettings, "device">;
/** How a given option was written, for messages: `--size`, `FLVCAST_SIZE`. */
type Spelling = Partial<Record<Key, string>>;

/** Flags beat the environment, which beats the defaults. @throws UserError of reason `usage` */
export function resolveStartSettings(flags: FlagTexts, env: Environment): StartSettings {
  const { given, spelling } = readGiven(startOptions, flags, env);
  const { device } = given;
  if (device === undefined) {
    throw new UserError(
      "usage",
      "--device is missing: say what to capture, for example flvcast start --device test",
    );
  }
  return completeSettings({ ...given, device }, spelling);
}

/** What `devices` is to do, by the same rules. @throws UserError of reason `usage` */
export function resolveDevicesSettings(flags: FlagTexts, env: Environment): DevicesSettings {
  const fallbacks = fallbacksOf(devicesOptions) as DevicesSettings; // each of this table's options has one
  return { ...fallbacks, ...readGiven(devicesOptions, flags, env).given };
}

/** What `doctor` is to look at, by the same rules. @throws UserError of reason `usage` */
export function resolveDoctorSettings(flags: FlagTexts, env: Environment): DoctorSettings {
  const fallbacks = fallbacksOf(doctorOptions) as DoctorSettings; // each of this table's options has one
  return { ...fallbacks, ...readGiven(doctorOptions, flags, env).given };
}

/** What is not given gets its default. @throws UserError of reason `usage` where settings contradict each other */
export function completeSettings(given: GivenSettings, spelling: Spelling = {}): StartSettings {
  refuseConflicts(given.device, given, spelling);
  const fallbacks = fallbacksOf(startOptions) as Omit<StartSettings, "device" | "name">; // a test checks that none is missing
  return { ...fallbacks, name: defaultName(given.device), ...given };
}

interface Read<Settings> {
  readonly given: Partial<Settings>;
  readonly spelling: Partial<Record<keyof Settings, string>>;
}

/** What was given of a table's options, and how it was spelled. */
function readGiven<Settings>(
  table: OptionTable<Settings>,
  flags: FlagTexts,
  env: Environment,
): Read<Settings> {
  const given: Partial<Settings> = {};
  const spelling: Partial<Record<keyof Settings, string>> = {};
  // the table has these keys and no others
  for (const key of Object.keys(table) as (keyof Settings)[]) {
    const found = readOption(table[key], flags, env);
    if (found === null) continue;
    given[key] = found.value;
    spelling[key] = found.spelling;
  }
  return { given, spelling };
}

/**
 * One option as its flag or else its variable gives it, and how it was written; null where neither does.
 * @throws UserError of reason `usage`
 */
export function readOption<Value>(
  option: Option<Value>,
  flags: FlagTexts,
  env: Environment,
): { readonly value: Value; readonly spelling: string } | null {
  const { flag, isFlagOnly } = option;
  const variable = environmentName(flag);
  const flagText = flags.get(flag);
  const text = flagText ?? ((!isFlagOnly && env[variable]) || undefined);
  if (text === undefined) return null;
  const value = parsed(option, text, flagText === undefined ? `${variable}=` : `--${flag} `);
  return { value, spelling: flagText === undefined ? variable : `--${flag}` };
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

function fallbacksOf<Settings>(table: OptionTable<Settings>): Partial<Settings> {
  const options: readonly [string, Option<unknown>][] = Object.entries(table);
  const fallbacks = options.filter(([, { fallback }]) => fallback !== undefined);
  return Object.fromEntries(fallbacks.map(([key, { fallback }]) => [key, fallback])) as Partial<Settings>; // its own keys
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
  if (given.inputFormat && kind !== "capture" && kind !== "file") {
    refuse(`${is("inputFormat")} is for cameras, and ${is("device")} ${shown(device)} is none: leave it out`);
  }
  if (given.quiet && given.verbose)
    refuse(`${is("quiet")} and ${is("verbose")} contradict each other: leave one out`);
  if (given.showSecrets && !given.dryRun) {
    refuse(`${is("showSecrets")} goes only with --dry-run: add --dry-run, or leave it out`);
  }
}

function refuse(message: string): never {
  throw new UserError("usage", message);
}
