import { setTimeout as delay } from "node:timers/promises";
import type { End } from "./command.ts";
import type { Guest } from "./guest.ts";

/** `flvcast service …`, as root. */
export async function service(guest: Guest, ...words: readonly string[]): Promise<End> {
  return await guest.run(["node", "/project/bin/flvcast.js", "service", ...words], { killAfterMs: 600_000 });
}

/** What systemd tells of a unit. */
export async function unit(guest: Guest, name: string, property: string): Promise<string> {
  return await guest.shell(`systemctl show --property ${property} --value ${name}`);
}

/** Asks again until it is so. */
export async function becomes(
  guest: Guest,
  isSo: () => Promise<boolean>,
  what: string,
  patienceMs = 90_000,
): Promise<void> {
  for (const endMs = performance.now() + patienceMs; performance.now() < endMs; await delay(300)) {
    if (await isSo()) return;
  }
  throw new Error(
    `not within ${patienceMs} ms: ${what}\n${await guest.shell("journalctl -n 40 --no-pager")}`,
  );
}

/** How many run. */
export async function ffmpegs(guest: Guest): Promise<number> {
  return Number(await guest.shell("pgrep -c ffmpeg || true"));
}

export async function removeAll(guest: Guest): Promise<void> {
  const names = await guest.shell(
    "cd /etc/systemd/system; ls | sed -n 's/^flvcast-\\(.*\\)[.]service$/\\1/p'",
  );
  for (const name of names.split("\n").filter((one) => one !== ""))
    await service(guest, "uninstall", "--name", name);
}
