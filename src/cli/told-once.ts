import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { LogEvent } from "../log.ts";

/** What was told last of what is told once, a text for each event. */
const FILE = "told.json";

/**
 * That the CPU encodes is news once on a machine: said again in the same words, it is for those who want it all. What
 * cannot be remembered is told each time.
 * @param folder Folders.lasting
 */
export function oncePerMachine(event: LogEvent, folder: string): LogEvent {
  if (event.event !== "encoder-selected" || event.fields.input !== undefined) return event;
  const path = join(folder, FILE);
  if (textIn(path) === event.text) return { ...event, level: "debug" };
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    writeFileSync(path, `${JSON.stringify({ [event.event]: event.text })}\n`, { mode: 0o600 });
  } catch {
    // not ours to write, or full
  }
  return event;
}

function textIn(path: string): unknown {
  try {
    const told: unknown = JSON.parse(readFileSync(path, "utf8"));
    return typeof told === "object" && told !== null && "encoder-selected" in told
      ? told["encoder-selected"]
      : null;
  } catch {
    return null; // nothing told yet, or not ours
  }
}
