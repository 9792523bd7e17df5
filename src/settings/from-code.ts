import { UserError } from "../errors.ts";
import { NAME_PATTERN } from "../name.ts";
import { nearest } from "../suggest.ts";
import { completeSettings } from "./resolve.ts";
import type { CommandSettings, StartSettings, StartValues } from "./settings.ts";
import { startOptions } from "./start-options.ts";

/** What only the command has: how it runs, and what it prints. */
const commandKeys: Readonly<Record<keyof CommandSettings, true>> = {
  ...{ detach: true, dryRun: true, showSecrets: true, showToken: true },
  ...{ json: true, quiet: true, verbose: true, logFormat: true },
};

/** Settings of which only the device must be there. What is `undefined` is not given. */
export type GivenSettings = { readonly device: string } & {
  readonly [Key in Exclude<keyof StartValues, keyof CommandSettings | "device">]?:
    | StartValues[Key]
    | undefined;
};

/** Settings as code gives them. @throws UserError of reason `usage` or `noEncoder` */
export function settingsFromCode(given: GivenSettings): StartSettings {
  const known = Object.keys(startOptions).filter((key) => !(key in commandKeys));
  for (const key of Object.keys(given)) if (!known.includes(key)) throw unknownSetting(key, known);
  const { name } = given;
  if (name !== undefined && !NAME_PATTERN.test(name))
    throw new UserError(
      "usage",
      `name ${JSON.stringify(name)} cannot be a stream's name: give up to 64 letters, digits, _ - and . (not first)`,
    );
  const defined = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  return completeSettings({ ...defined, device: given.device });
}

function unknownSetting(key: string, known: readonly string[]): UserError {
  if (key in commandKeys) return new UserError("usage", `${key} is for the command line alone: leave it out`);
  const meant = nearest(key, known);
  return new UserError("usage", `${key} is no setting${meant === null ? "" : `: did you mean ${meant}?`}`);
}
