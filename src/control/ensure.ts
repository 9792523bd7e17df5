import { connect, type Socket } from "node:net";
import { prepareStateFolder } from "../system/state-folder.ts";
import { holderOf, lockName } from "./name-lock.ts";
import { readLine } from "./protocol.ts";

/** What became of it: it runs, or how its start failed. */
export type Ensured =
  | { readonly kind: "running" }
  | { readonly kind: "failed"; readonly exitCode: number; readonly said: string };

/** How long another's launch is waited for before looking again whether the stream runs. */
const PATIENCE_MS = 2000;
const MAX_OUTCOME_BYTES = 64 * 1024;

/**
 * Has a stream started unless it runs. Of those who call at once, one does it, and the others hear how it went.
 * @throws UserError where the folder is not ours alone
 * @throws UnwritableError where the folder cannot be written: nobody could know whether it runs
 */
export async function ensureRunning(
  folder: string,
  name: string,
  start: () => Promise<Ensured>,
): Promise<Ensured> {
  await prepareStateFolder(folder);
  for (;;) {
    if ((await holderOf(folder, name)) !== null) return { kind: "running" };
    const followers = new Set<Socket>();
    const turn = await lockName(folder, `${name}+ensure`, (socket) => {
      followers.add(socket);
      socket.resume().once("close", () => followers.delete(socket));
    });
    if (turn.kind === "held") {
      const outcome = await hear(turn.holder.socketPath);
      if (outcome !== null) return outcome;
      continue; // the other process has exited, or is slow
    }
    try {
      const runs = (await holderOf(folder, name)) !== null; // since the first look
      const outcome: Ensured = runs ? { kind: "running" } : await start();
      for (const socket of followers) socket.end(`${JSON.stringify(outcome)}\n`);
      return outcome;
    } finally {
      await turn.release();
    }
  }
}

/** How another's launch went; null where that is not known yet, or never will be. */
async function hear(socketPath: string): Promise<Ensured | null> {
  const socket = connect(socketPath);
  try {
    return parseOutcome(await readLine(socket, MAX_OUTCOME_BYTES, PATIENCE_MS));
  } catch {
    return null;
  } finally {
    socket.destroy();
  }
}

function parseOutcome(line: string): Ensured | null {
  const value: unknown = JSON.parse(line);
  if (typeof value !== "object" || value === null || !("kind" in value)) return null;
  if (value.kind === "running") return { kind: "running" };
  if (!("exitCode" in value) || typeof value.exitCode !== "number" || !Number.isInteger(value.exitCode)) {
    return null;
  }
  const said = "said" in value && typeof value.said === "string" ? value.said : "";
  return { kind: "failed", exitCode: value.exitCode, said };
}
