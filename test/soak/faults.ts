import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { childrenOf } from "../e2e/processes.ts";
import type { Random } from "./random.ts";
import { ask } from "./requests.ts";
import type { Faulted } from "./streams.ts";

/** What befalls a stream. @returns what it was */
export type Fault = (stream: Faulted, random: Random) => Promise<string>;

/** What happens, and how often. */
export const faults: readonly (readonly [weight: number, fault: Fault])[] = [
  [4, killsFfmpeg],
  [2, freezesFfmpeg],
  [2, holdsFfmpegUp],
  [1, holdsFlvcastUp],
  [2, restarts],
  [3, stopsReading],
];

async function killsFfmpeg({ pid }: Faulted, random: Random): Promise<string> {
  return toChild(pid, random, "SIGKILL");
}

/** For good: the supervisor has to find out. */
async function freezesFfmpeg({ pid }: Faulted, random: Random): Promise<string> {
  return toChild(pid, random, "SIGSTOP");
}

async function holdsFfmpegUp({ pid }: Faulted, random: Random): Promise<string> {
  const children = childrenOf(pid);
  for (const child of children) signal(child, "SIGSTOP");
  const ms = random.between(50, 900);
  await delay(ms);
  for (const child of children) signal(child, "SIGCONT");
  return `every ffmpeg held up for ${ms} ms`;
}

async function holdsFlvcastUp({ pid, outlet }: Faulted, random: Random): Promise<string> {
  const ms = random.between(50, 1500);
  signal(pid, "SIGSTOP");
  await delay(ms);
  signal(pid, "SIGCONT");
  outlet?.goOn();
  return `flvcast held up for ${ms} ms`;
}

async function restarts({ url, name }: Faulted): Promise<string> {
  const answer = await ask(new URL(`/api/v1/streams/${name}/restart`, url).href, "POST").catch(String);
  return `restart: ${typeof answer === "string" ? answer : answer.status}`;
}

async function stopsReading({ outlet }: Faulted, random: Random): Promise<string> {
  const ms = random.between(500, 20_000);
  if (outlet === null) return "nothing: nobody reads what it says anyway";
  outlet.stop();
  await delay(ms);
  outlet.goOn();
  return `${outlet.kind} unread for ${ms} ms`;
}

function toChild(pid: number, random: Random, name: NodeJS.Signals): string {
  const children = childrenOf(pid).filter((child) => !decodesStill(child));
  const child = children[random.between(0, children.length - 1)];
  if (child === undefined) return "no ffmpeg runs just now";
  signal(child, name);
  return `${name} for ffmpeg ${child}`;
}

/** Whoever asked for the still picture would be told, and rightly, that there is none. */
function decodesStill(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1").includes("image2pipe");
  } catch {
    return false; // it has gone
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // it has gone of itself
  }
}
