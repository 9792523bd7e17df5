import type { Control } from "../control/serve.ts";
import { type LogEvent, warning } from "../log.ts";
import { UnwritableError } from "../system/state-folder.ts";

/** Holds a name on this machine. What cannot be found by its name is still worth watching. @throws UserError where another has it */
export async function takeName(
  name: string,
  take: () => Promise<Control>,
  onNotice: (event: LogEvent) => void,
): Promise<Control | null> {
  if (process.platform === "win32") return null; // it has no such sockets in its files
  try {
    return await take();
  } catch (error) {
    if (!(error instanceof UnwritableError)) throw error;
    const text = `${error.message}: flvcast status and stop will not find "${name}"`;
    onNotice(warning("control-unavailable", text, { name }));
    return null;
  }
}
