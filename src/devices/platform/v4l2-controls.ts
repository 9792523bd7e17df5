import type { Machine } from "../../system/machine.ts";
import type { Choice, Control, ControlSetting } from "../control.ts";

/** A camera that hangs in its driver is not waited for. */
const TIMEOUT_MS = 5000;

/** What a camera can be set to; null where v4l2-ctl is not installed, or cannot tell. */
export async function listControls(machine: Machine, node: string): Promise<readonly Control[] | null> {
  const ran = await machine.run("v4l2-ctl", ["-d", node, "--list-ctrls-menus"], { timeoutMs: TIMEOUT_MS });
  return ran?.code === 0 ? parseControlList(ran.stdout) : null;
}

export async function setControl(
  machine: Machine,
  node: string,
  { name, value }: ControlSetting,
): Promise<string | null> {
  const ran = await machine.run("v4l2-ctl", ["-d", node, "--set-ctrl", `${name}=${value}`], {
    timeoutMs: TIMEOUT_MS,
  });
  if (ran === null) return `v4l2-ctl did not respond within ${TIMEOUT_MS / 1000} s`;
  if (ran.code === 0) return null;
  return ran.stderr.trim().split("\n").at(-1) || `v4l2-ctl exited with code ${ran.code}`;
}

/** A type that is set to one number. */
const NUMBERS = /^(int|int64|bool|menu|intmenu|bitmask)$/;

/** Reads `v4l2-ctl --list-ctrls-menus` (v4l-utils); what is no single value, such as a button or an array, is left out. */
export function parseControlList(stdout: string): readonly Control[] {
  const controls: (Control & { readonly choices: Choice[] })[] = [];
  for (const line of stdout.split("\n")) {
    // `   brightness 0x00980900 (int)    : min=0 max=255 step=1 default=128 value=128 flags=slider`
    const [, name, kind, words = ""] = /^ *(\w+) (?:0x[0-9a-f]+ )?\((\w+) *\) *: (.*)$/.exec(line) ?? [];
    if (name !== undefined && kind !== undefined) controls.push(controlOf(name, kind, words));
    // `				3: Aperture Priority Mode`, below its menu
    const [, value, means] = /^\s+(\d+): (.*)$/.exec(line) ?? [];
    if (value !== undefined && means !== undefined)
      controls.at(-1)?.choices.push({ value: Number(value), means });
  }
  return controls.filter(({ kind, value }) => kind === "str" || (NUMBERS.test(kind) && value !== null));
}

function controlOf(name: string, kind: string, words: string) {
  const wordOf = (key: string) =>
    new RegExp(`(?:^| )${key}=('.*'|\\S+)`).exec(words)?.[1]?.replace(/^'(.*)'$/, "$1") ?? null;
  const [min, max] = [Number(wordOf("min") ?? Number.NaN), Number(wordOf("max") ?? Number.NaN)];
  const flags = /flags=(.*)$/.exec(words)?.[1] ?? "";
  return {
    ...{ name, kind, value: wordOf("value"), fallback: wordOf("default") },
    range: kind !== "bitmask" && kind !== "str" && Number.isFinite(min + max) ? { min, max } : null,
    choices: [],
    isInactive: flags.includes("inactive"),
    isReadOnly: flags.includes("read-only"),
  };
}
