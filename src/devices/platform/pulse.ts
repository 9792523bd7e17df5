import type { Machine } from "../../system/machine.ts";
import type { Microphone } from "../device.ts";
import { type AlsaCapture, physicalIdOf } from "./alsa.ts";

/** A source of a PulseAudio server, or of PipeWire in its place. */
export interface PulseSource {
  readonly name: string;
  readonly description: string;
  readonly isMonitor: boolean;
  /** The ALSA card that it stands for. */
  readonly alsa: {
    readonly card: number;
    readonly cardName: string | null;
    readonly device: number | null;
  } | null;
}

/** A server that does not answer by then is none for us: ffmpeg would wait for it as long. */
const ANSWER_TIMEOUT_MS = 2000;

/** The sources of this user's sound server; none where no server runs. */
export async function pulseSources(machine: Machine): Promise<readonly PulseSource[]> {
  if (!(await serverIsThere(machine))) return [];
  const listed = await machine.run("pactl", ["list", "sources"], { timeoutMs: ANSWER_TIMEOUT_MS });
  return listed?.code === 0 ? parseSources(listed.stdout) : [];
}

/**
 * Whether a server listens. Where none does, pactl would start one (client.conf, autospawn), which then takes the cards.
 * These are the places where libpulse looks: pulsecore/core-util.c, pa_get_runtime_dir.
 */
async function serverIsThere(machine: Machine): Promise<boolean> {
  const { env } = machine;
  if (env["PULSE_SERVER"]) return true;
  const inHome = env["HOME"] ? `${env["HOME"]}/.config/pulse` : null;
  const ofMachine = inHome ? (await machine.list(inHome)).filter((name) => name.endsWith("-runtime")) : [];
  const folders = [
    env["PULSE_RUNTIME_PATH"],
    env["XDG_RUNTIME_DIR"] && `${env["XDG_RUNTIME_DIR"]}/pulse`,
    "/run/pulse", // one server for all users
    ...ofMachine.map((name) => `${inHome}/${name}`),
  ].filter((folder) => folder !== undefined && folder !== "");
  const sockets = await Promise.all(folders.map((folder) => machine.realpath(`${folder}/native`)));
  return sockets.some((socket) => socket !== null);
}

/**
 * Reads `pactl list sources` in the C locale, as every version prints it. Its JSON would be easier, but it begins with
 * version 16, and there a description that is not plain ASCII is "(null)".
 */
export function parseSources(text: string): readonly PulseSource[] {
  return text
    .split(/^Source #\d+$/m)
    .slice(1)
    .flatMap((block) => {
      const name = /^\s+Name: (.+)$/m.exec(block)?.[1];
      if (name === undefined) return [];
      const monitored = /^\s+Monitor of Sink: (.+)$/m.exec(block)?.[1] ?? "n/a";
      return {
        name,
        description: /^\s+Description: (.+)$/m.exec(block)?.[1] ?? name,
        isMonitor: monitored !== "n/a",
        alsa: alsaOf(block),
      };
    });
}

/** PipeWire has `alsa.…` only once the card was opened, and its own words before. */
function alsaOf(block: string): PulseSource["alsa"] {
  const card = numberIn(block, "alsa.card") ?? numberIn(block, "api.alsa.pcm.card");
  return card === null
    ? null
    : { card, cardName: property(block, "alsa.card_name"), device: numberIn(block, "alsa.device") };
}

function numberIn(block: string, key: string): number | null {
  const text = property(block, key);
  return text !== null && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** `\t\talsa.card = "1"` */
function property(block: string, key: string): string | null {
  return new RegExp(`^\\s+${key.replaceAll(".", "\\.")} = "(.*)"$`, "m").exec(block)?.[1] ?? null;
}

/** The server holds this card: ALSA itself would say that it is busy. */
export function standsFor(source: PulseSource, { card, device }: AlsaCapture): boolean {
  const { alsa } = source;
  if (source.isMonitor || alsa === null || alsa.card !== card.index) return false;
  // A server on another machine has cards of its own.
  if (alsa.cardName !== null && alsa.cardName !== card.name) return false;
  return alsa.device === null || alsa.device === device;
}

/** A source as a microphone; its alias is given by who lists them all. */
export async function pulseMicrophone(
  machine: Machine,
  source: PulseSource,
  captures: readonly AlsaCapture[],
): Promise<Omit<Microphone, "alias">> {
  const own = captures.find((capture) => standsFor(source, capture));
  return {
    kind: "microphone",
    name: source.description,
    node: source.name,
    demuxer: "pulse",
    stableId: source.name,
    physicalId: own === undefined ? null : await physicalIdOf(machine, own.card.index),
    isMonitor: source.isMonitor,
    access: { isAllowed: true },
    holders: [], // a sound server serves all
  };
}
