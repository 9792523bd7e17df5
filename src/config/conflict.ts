import { type DeviceSpec, parseDeviceSpec } from "../devices/spec.ts";
import { type Conflict, conflictIn, type Spelling } from "../settings/conflicts.ts";
import type { StartValues } from "../settings/settings.ts";
import type { KeyTable } from "./keys.ts";
import type { Given, GivenValue } from "./values.ts";

/** How messages call the keys of a table. */
export function spellingOf(table: KeyTable): Spelling {
  return Object.fromEntries([...table].map(([name, { setting }]) => [setting, name]));
}

/** The values by what the settings call them. */
export function valuesOf(given: Given): Partial<StartValues> {
  return Object.fromEntries([...given].map(([setting, { value }]) => [setting, value])); // each came from its own option
}

/** A device whose text may stand in a message. */
export function shownDevice({ value, isReferred, shown }: GivenValue): DeviceSpec {
  const spec = parseDeviceSpec(String(value));
  return isReferred ? { ...spec, text: shown } : spec;
}

/** A conflict, in a file's words. */
export function fileConflict(
  spec: DeviceSpec,
  values: Partial<StartValues>,
  spelling: Spelling,
): Conflict | null {
  const conflict = conflictIn(spec, values, spelling);
  return conflict === null ? null : { ...conflict, message: inFileWords(conflict.message) };
}

/** A key is a flag without its dashes. */
export function inFileWords(text: string): string {
  return text.replace(/--(?=[a-z])/g, "");
}
