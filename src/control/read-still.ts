import type { Still } from "../status.ts";

/** A picture as another process sent it; null where it is none. */
export function readStill(value: unknown): Still | null {
  if (typeof value !== "object" || value === null || !("kind" in value)) return null;
  if (value.kind === "none" || value.kind === "not-yet") return { kind: value.kind };
  if (value.kind !== "jpeg" || !("base64" in value) || typeof value.base64 !== "string") return null;
  return { kind: "jpeg", bytes: Buffer.from(value.base64, "base64") };
}
