import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { RunAction } from "../settings/serve-settings.ts";
import type { Deliver, Trouble } from "./delivery.ts";
import { HookProcess } from "./hook-process.ts";
import { variablesOf } from "./public-event.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/** The rest of ours may hold tokens and passwords. On Windows, hardly anything starts without its own. */
const KEPT_VARIABLES = [
  ...["PATH", "HOME", "LANG", "USER"],
  ...(process.platform === "win32" ? ["SystemRoot"] : []),
];

/** Runs the program once for each event, which it gets in its environment, and as JSON on its stdin. */
export function runner({ command, timeoutMs }: RunAction, env: Environment): Deliver {
  return async (event, { signal, onLine }) => {
    const child = started(command, { ...keptOf(env), ...variablesOf(event) });
    if (child instanceof Error) return notStarted(child);
    if (child.pid === undefined) return notStarted((await once(child, "error"))[0]);
    return await new HookProcess(child, { input: `${JSON.stringify(event)}\n`, timeoutMs, signal, onLine })
      .ended;
  };
}

function keptOf(env: Environment): Environment {
  return Object.fromEntries(KEPT_VARIABLES.map((name) => [name, env[name]]));
}

/** What the system refuses is thrown or emitted, depending on why. */
function started([program, ...args]: RunAction["command"], env: Environment): ChildProcess | Error {
  try {
    return spawn(program, args, {
      env,
      // In a process group of its own, it is spared Ctrl-C in a terminal, and ends with all that it has started.
      detached: process.platform !== "win32",
      windowsHide: true,
    });
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "program not found",
  EACCES: "no permission, or not executable (chmod +x)",
};

/** Node's own message has the arguments, which may have a password among them. */
function notStarted({ code = "unknown error" }: NodeJS.ErrnoException): Trouble {
  return { kind: `could not be started: ${reasons[code] ?? code}`, detail: null };
}
