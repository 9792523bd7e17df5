import type { Control, ControlSetting } from "../devices/control.ts";
import { listControls, setControl } from "../devices/platform/v4l2-controls.ts";
import type { Source } from "../devices/source.ts";
import { UserError } from "../errors.ts";
import { nearest } from "../suggest.ts";
import type { Machine } from "../system/machine.ts";

interface Setting {
  readonly label: string;
  readonly node: string;
  readonly machine: Machine;
}

/**
 * Sets a camera's controls in the given order, then reads them back: drivers silently clamp what is out of range, and ignore
 * a control that an automatic one overrides.
 * @throws UserError where the input is no V4L2 camera, v4l2-ctl is missing, or the camera does not take a value
 */
export async function applyControls(
  source: Source,
  controls: readonly ControlSetting[],
  machine: Machine,
): Promise<void> {
  if (controls.length === 0) return;
  const { device, label, url: node } = source;
  if (device?.kind !== "camera" || device.demuxer !== "v4l2") {
    throw new UserError("usage", `--control works only with cameras on Linux, not with ${label}; remove it`);
  }
  const setting = { label, node, machine };
  const known = await controlsOf(setting);
  for (const control of controls) refuseUnfit(control, known, label);
  await setControls(source, controls, machine);
  const now = await controlsOf(setting);
  for (const control of controls) refuseIgnored(control, now, label);
}

/** Sets a camera as before, after it was lost. @throws UserError where it cannot be, and it is tried again */
export async function setControls(
  { label, url: node }: Pick<Source, "label" | "url">,
  controls: readonly ControlSetting[],
  machine: Machine,
): Promise<void> {
  // One by one: a control that another makes active is refused in one call with it.
  for (const control of controls) {
    const failure = await setControl(machine, node, control);
    if (failure !== null) throw new UserError("failure", `${label}: ${control.name}: ${failure}`);
  }
}

async function controlsOf({ label, node, machine }: Setting): Promise<readonly Control[]> {
  const controls = await listControls(machine, node);
  if (controls !== null) return controls;
  throw new UserError(
    "failure",
    `--control needs v4l2-ctl, which is not installed or cannot open ${label}; install v4l-utils`,
  );
}

function refuseUnfit({ name, value }: ControlSetting, known: readonly Control[], label: string): void {
  const control = known.find((one) => one.name === name);
  if (control === undefined) {
    const meant = nearest(
      name,
      known.map((one) => one.name),
    );
    const advice = meant === null ? "" : `; did you mean "${meant}"?`;
    throw new UserError(
      "usage",
      `${label} has no control "${name}"${advice} (list them with: flvcast devices ${label})`,
    );
  }
  const problem = problemWith(control, value);
  if (problem !== null) throw new UserError("usage", `--control ${name}=${value}: ${problem}`);
}

function problemWith({ kind, range, choices, isReadOnly }: Control, value: string): string | null {
  if (isReadOnly) return "this control is read-only";
  if (kind === "str") return null;
  if (!/^(-?\d+|0x[0-9a-f]+)$/i.test(value)) return "the value must be a number";
  const number = Number(value);
  if (choices.length > 0 && !choices.some((choice) => choice.value === number))
    return `the value must be one of ${choices.map((choice) => `${choice.value} (${choice.means})`).join(", ")}`;
  if (kind === "bool" && number !== 0 && number !== 1) return "the value must be 0 or 1";
  return range !== null && (number < range.min || number > range.max)
    ? `the value must be from ${range.min} to ${range.max}`
    : null;
}

/** They may come back in another spelling. */
const TEXT_OR_BITS = ["str", "bitmask"];

function refuseIgnored({ name, value }: ControlSetting, now: readonly Control[], label: string): void {
  const control = now.find((one) => one.name === name);
  if (!control || TEXT_OR_BITS.includes(control.kind) || Number(control.value) === Number(value)) return;
  const cause = control.isInactive ? "; turn off the automatic control that overrides it" : "";
  throw new UserError(
    "usage",
    `--control ${name}=${value} had no effect: ${label} stays at ${control.value}${cause} (see flvcast devices ${label})`,
  );
}
