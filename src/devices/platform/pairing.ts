import type { Camera } from "../device.ts";

/**
 * The physical id of a microphone: that of the one camera that it is built into; null where it is none's, or could be
 * any of several.
 */
export function physicalIdAmong(
  cameras: readonly Pick<Camera, "name" | "stableId" | "physicalId">[],
  isBuiltInto: (camera: Pick<Camera, "name" | "stableId">) => boolean,
): string | null {
  const [camera, another] = cameras.filter(isBuiltInto);
  return camera === undefined || another !== undefined ? null : camera.physicalId;
}
