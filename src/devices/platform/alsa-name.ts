import type { Machine } from "../../system/machine.ts";
import { type AlsaCapture, alsaCaptures } from "./alsa.ts";

/** The recording side of a card that ALSA's name leads to, and the files that ALSA opens for it. */
export interface NamedCapture {
  readonly pcmNode: string;
  /** Opened before it: who may not open this gets "No such file or directory" from ALSA. */
  readonly controlNode: string;
}

/**
 * What an ALSA name records from: `hw:1`, `plughw:1,0`, `plughw:CARD=C920,DEV=0`. Null where the card has no such
 * device, where there is no such card, and for names that are no card's (`default`).
 */
export async function captureNamed(name: string, machine: Machine): Promise<NamedCapture | null> {
  const parsed = parseAlsaName(name);
  if (parsed === null) return null;
  const isIt = ({ card, device }: AlsaCapture) =>
    device === parsed.device && (String(card.index) === parsed.card || card.id === parsed.card);
  const found = (await alsaCaptures(machine)).find(isIt);
  if (found === undefined) return null;
  const { index } = found.card;
  return { pcmNode: `/dev/snd/pcmC${index}D${found.device}c`, controlNode: `/dev/snd/controlC${index}` };
}

/** The arguments of a PCM in alsa-lib's src/conf/alsa.conf: CARD, DEV and SUBDEV, by place or by name. */
export function parseAlsaName(name: string): { readonly card: string; readonly device: number } | null {
  const [first = "", second = "0"] = (/^\w+:(.+)$/.exec(name)?.[1] ?? "").split(",");
  const card = first.replace(/^CARD=/, "");
  const device = second.replace(/^DEV=/, "");
  return /^[\w-]+$/.test(card) && /^\d{1,3}$/.test(device) ? { card, device: Number(device) } : null;
}
