import { type Access, accessOf } from "../../system/access.ts";
import { holdersOf } from "../../system/holders.ts";
import type { Machine } from "../../system/machine.ts";
import type { Microphone } from "../device.ts";
import { type StableLinks, stableLinks } from "./stable-link.ts";
import { usbDevice } from "./v4l2.ts";

/** A sound card: a line of /proc/asound/cards. */
export interface AlsaCard {
  readonly index: number;
  /** `C920`: the same as long as no other card of that name is found first. */
  readonly id: string;
  /** `HD Pro Webcam C920` */
  readonly name: string;
}

/** A device of a card that can record. */
export interface AlsaCapture {
  readonly card: AlsaCard;
  readonly device: number;
  readonly name: string;
}

/** ` 1 [C920           ]: USB-Audio - HD Pro Webcam C920`: the kernel's sound/core/init.c, snd_card_info_read. */
export function parseCards(text: string): readonly AlsaCard[] {
  return [...text.matchAll(/^\s*(\d+) \[(.+?)\s*\]: .*? - (.*)$/gm)].map(([, index, id = "", name = ""]) => ({
    index: Number(index),
    id,
    name: name.trim() || id,
  }));
}

/** `01-00: USB Audio : USB Audio : capture 1`: the kernel's sound/core/pcm.c, snd_pcm_proc_read. */
export function parseCaptures(text: string, cards: readonly AlsaCard[]): readonly AlsaCapture[] {
  return [...text.matchAll(/^(\d+)-(\d+): (.*) : capture \d+$/gm)].flatMap(
    ([, index, device, names = ""]) => {
      const card = cards.find((one) => one.index === Number(index));
      return card === undefined
        ? []
        : [{ card, device: Number(device), name: names.split(" : ")[1]?.trim() || "capture" }];
    },
  );
}

/** The cards that ALSA has, and what of them can record. Everyone may read this, even without permission to open the cards. */
export async function alsaCaptures(machine: Machine): Promise<readonly AlsaCapture[]> {
  const [cards, pcm] = await Promise.all([
    machine.readText("/proc/asound/cards"),
    machine.readText("/proc/asound/pcm"),
  ]);
  return parseCaptures(pcm ?? "", parseCards(cards ?? ""));
}

/** The captures as microphones; their aliases are given by who lists them all. */
export async function alsaMicrophones(
  machine: Machine,
  captures: readonly AlsaCapture[],
): Promise<readonly Omit<Microphone, "alias">[]> {
  const controls = captures.map(({ card }) => ({
    node: `/dev/snd/controlC${card.index}`,
    sysfs: `/sys/class/sound/controlC${card.index}`,
  }));
  const distinct = [...new Map(controls.map((control) => [control.node, control])).values()];
  const [links, holders] = await Promise.all([
    stableLinks(machine, "/dev/snd", distinct),
    holdersOf(machine, captures.map(pcmNode)),
  ]);
  return Promise.all(
    captures.map(async (capture) => ({
      kind: "microphone",
      name: nameOf(capture, captures),
      // Through the plug: a webcam's own format is one channel, or 16 kHz, and nothing else.
      node: `plughw:${capture.card.index},${capture.device}`,
      demuxer: "alsa",
      stableId: stableIdOf(capture, links.get(`/dev/snd/controlC${capture.card.index}`)),
      physicalId: await physicalIdOf(machine, capture.card.index),
      isMonitor: false,
      access: await accessTo(machine, capture),
      holders: holders.get(pcmNode(capture)) ?? [],
    })),
  );
}

/** The USB device that a card is; null for a built-in one. */
export async function physicalIdOf(machine: Machine, cardIndex: number): Promise<string | null> {
  return usbDevice(await machine.realpath(`/sys/class/sound/card${cardIndex}`));
}

const pcmNode = ({ card, device }: AlsaCapture) => `/dev/snd/pcmC${card.index}D${device}c`;

function nameOf({ card, device, name }: AlsaCapture, all: readonly AlsaCapture[]): string {
  const isOnly = all.filter((other) => other.card.index === card.index).length === 1;
  return isOnly ? card.name : `${card.name}: ${name}, device ${device}`;
}

/** Two sound cards of one make have their sockets to be told apart by; card ids follow the order of plugging in. */
function stableIdOf({ card, device }: AlsaCapture, links: StableLinks | undefined): string {
  const link = links?.byId ?? (links?.isShared ? links.byPath : null);
  return link ? `${link},DEV=${device}` : `hw:CARD=${card.id},DEV=${device}`;
}

/** ALSA opens a card's control first: without that it says that there is no such card. */
async function accessTo(machine: Machine, capture: AlsaCapture): Promise<Access> {
  const control = await accessOf(machine, `/dev/snd/controlC${capture.card.index}`);
  return control.isAllowed ? accessOf(machine, pcmNode(capture)) : control;
}
