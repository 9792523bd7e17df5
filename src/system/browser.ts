import { spawn } from "node:child_process";
import { once } from "node:events";

type Environment = Readonly<Record<string, string | undefined>>;

/** What opens a URL in the browser that the user has chosen, where it is not `xdg-open`. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, string>>> = { darwin: "open" };

/** How long an opener is watched. It ends at once, or as late as the browser that it has become. */
const PATIENCE_MS = 3000;

/** Why a URL cannot be opened in a browser here. */
export type NoBrowser = "no-display" | "not-installed" | "failed";

/**
 * Opens a URL in the user's browser. Other users of this machine see the URL meanwhile, as an argument.
 * @returns null where it was opened
 */
export async function openInBrowser(
  url: string,
  env: Environment,
  { platform = process.platform, patienceMs = PATIENCE_MS } = {},
): Promise<NoBrowser | null> {
  if (!hasDisplay(env, platform)) return "no-display";
  const options = { env: { ...env }, stdio: "ignore", detached: true } as const; // the browser outlives this terminal
  const opener = spawn(OPENERS[platform] ?? "xdg-open", [url], options);
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), patienceMs);
  try {
    const [code] = await once(opener, "exit", { signal: late.signal });
    return code === 0 ? null : "failed";
  } catch (error) {
    const { name, code } = error as NodeJS.ErrnoException; // spawn's own, or once's
    if (name === "AbortError") return null; // it runs on: it is the browser itself
    return code === "ENOENT" ? "not-installed" : "failed";
  } finally {
    clearTimeout(timer);
    opener.unref();
  }
}

function hasDisplay(env: Environment, platform: NodeJS.Platform): boolean {
  return platform === "darwin" || Boolean(env["DISPLAY"] || env["WAYLAND_DISPLAY"]);
}
