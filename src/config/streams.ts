import { parseDeviceSpec } from "../devices/spec.ts";
import { UserError } from "../errors.ts";
import { completeSettings, type GivenSettings } from "../settings/resolve.ts";
import type { PublishedSettings, ServedStream, StreamAccess } from "../settings/serve-settings.ts";
import type { ChannelSettings, StartValues } from "../settings/settings.ts";
import { fileConflict, inFileWords, shownDevice, spellingOf, valuesOf } from "./conflict.ts";
import { type Entry, joined, type MapNode } from "./document.ts";
import type { Faults } from "./faults.ts";
import { publishedKeys, streamKeys } from "./keys.ts";
import { readPush } from "./push.ts";
import { mapOf, nameOf, readSection } from "./section.ts";
import { type Given, type GivenValue, plain, type ReadContext } from "./values.ts";

export interface ReadStream {
  readonly stream: ServedStream;
  readonly entry: Entry;
  /** What stands in its own lines. */
  readonly own: Given;
  /** With the defaults that apply to it. */
  readonly used: Given;
}

/** What all streams have in common. */
export interface Shared {
  readonly defaults: Given;
  /** What flags and variables say; of a stream, that is its ffmpeg. */
  readonly outside: Pick<Partial<StartValues>, "ffmpeg">;
}

/** Far more than a machine captures. */
const MAX_STREAMS = 1000;

export function readStreams(map: MapNode, shared: Shared, context: ReadContext): readonly ReadStream[] {
  const { faults } = context;
  if (map.entries.length > MAX_STREAMS)
    faults.add(map.at, "streams", `has ${map.entries.length} streams: use up to ${MAX_STREAMS}`);
  return map.entries.slice(0, MAX_STREAMS).flatMap((entry) => readStream(entry, shared, context) ?? []);
}

function readStream(entry: Entry, shared: Shared, context: ReadContext): ReadStream | null {
  const { faults } = context;
  const path = joined("streams", entry.key);
  const named = nameOf(entry.key);
  if ("fault" in named) return faults.add(entry.at, "streams", named.fault);
  const before = faults.count;
  const own = ownValues(entry, path, context);
  if (own === null) return null;
  const given: Given = new Map([...inherited(shared.defaults, own), ...own]);
  const device = given.get("device");
  // One that is wrong, or has another name, is among the faults already.
  if (device === undefined) return faults.count > before ? null : faults.add(entry.at, path, NO_DEVICE);
  if (device.value === "-")
    return faults.add(device.at, device.path, "a server has no stdin: use another input");
  const access = accessOf(given, path, entry, context);
  const used = withoutConflicts(given, own, device, { entry, path, faults });
  const channel = used === null ? null : channelOf(named.name, used, shared, context);
  if (used === null || channel === null || access === undefined) return null;
  return { stream: { channel, access }, entry, own, used };
}

/**
 * How streams are that the file does not have: `published`, a stream's map without a device. null where it has a fault.
 * @param shared without defaults: those are for the streams of the file
 */
export function readPublished(
  entry: Entry | undefined,
  published: Pick<PublishedSettings, "key" | "max">,
  { outside, context }: { readonly outside: Shared["outside"]; readonly context: ReadContext },
): ReadPublished | null {
  const { faults } = context;
  const path = "published";
  const at = entry?.at ?? { line: 1, column: 1 };
  const map = mapOf(entry?.value, path, context);
  if (map === null) return null;
  const own = readSection(map, { path, place: "stream", table: publishedKeys }, context);
  const conflict = fileConflict(publisher, valuesOf(withoutAccess(own)), spelling);
  if (conflict !== null) return faults.add(own.get(conflict.keys[0])?.at ?? at, path, conflict.message);
  const read = { key: "any", at, value: map };
  const access = accessOf(own, path, read, context);
  const device: GivenValue = { ...plain, value: publisher.text, shown: publisher.text, at, path };
  const channel = channelOf(
    read.key,
    new Map([...own, ["device", device]]),
    { outside, defaults: new Map() },
    context,
  );
  if (channel === null || access === undefined) return null;
  return { settings: { ...published, channel, access, hasEvents: entry !== undefined }, own };
}

/** What the file says of streams that it does not have. */
export interface ReadPublished {
  readonly settings: PublishedSettings;
  readonly own: Given;
}

const publisher = parseDeviceSpec("rtmp");

const NO_DEVICE = "has no device: add one, e.g. device: cam0";

/** null where it is no stream, which is among the faults. */
function ownValues({ key, at, value }: Entry, path: string, context: ReadContext): Given | null {
  if (value.kind === "scalar" && value.type === "refused") return null;
  if (value.kind === "scalar" && value.type !== "null") {
    const device: MapNode = { kind: "map", entries: [{ key: "device", at, value }], at };
    return readStreamKeys(device, joined("streams", key), context);
  }
  const map = mapOf(value, path, context);
  return map === null ? null : readStreamKeys(map, path, context);
}

/** What a stream's lines, or the defaults of all, give. */
export function readStreamKeys(map: MapNode, path: string, context: ReadContext): Given {
  return readSection(map, { path, place: "stream", table: streamKeys, readers: { push: readPush } }, context);
}

const accessSettings = ["auth", "token", "tokenFile"];

/** Who may watch is said in one place: a stream that says it takes none of it from the defaults. */
function inherited(defaults: Given, own: Given): Given {
  const saysWho = accessSettings.some((setting) => own.has(setting));
  return new Map([...defaults].filter(([setting]) => !(saysWho && accessSettings.includes(setting))));
}

/** Leaves out the defaults that have no effect on this stream, or that its own values exclude. null where those conflict. */
function withoutConflicts(
  given: Given,
  own: Given,
  device: GivenValue,
  where: { readonly entry: Entry; readonly path: string; readonly faults: Faults },
): Given | null {
  const conflict = fileConflict(shownDevice(device), valuesOf(withoutAccess(given)), spelling);
  if (conflict === null) return given;
  const { keys, message } = conflict;
  const shared = keys.filter((key) => !own.has(key));
  if (shared.length === 0)
    return where.faults.add(own.get(keys[0])?.at ?? where.entry.at, where.path, message);
  if (shared.length > 1)
    return where.faults.add(given.get(keys[0])?.at ?? where.entry.at, "defaults", message);
  const rest = new Map([...given].filter(([key]) => key !== shared[0]));
  return withoutConflicts(rest, own, device, where);
}

const spelling = spellingOf(streamKeys);

function withoutAccess(given: Given): Given {
  return new Map([...given].filter(([setting]) => !accessSettings.includes(setting)));
}

/** null where a value names what does not exist, which is among the faults. */
function channelOf(
  name: string,
  given: Given,
  { outside: { ffmpeg } }: Shared,
  { faults }: ReadContext,
): ChannelSettings | null {
  const complete = {
    ...valuesOf(withoutAccess(given)),
    ...(ffmpeg === undefined ? {} : { ffmpeg }),
    name,
    wait: true,
  } as GivenSettings; // the device is there
  try {
    return completeSettings(complete, spelling).channel;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const wrong = given.get(error.reason === "noEncoder" ? "encoder" : "audio");
    if (wrong === undefined) throw error;
    const message = wrong.isReferred
      ? error.message.replaceAll(String(wrong.value), wrong.shown)
      : error.message;
    return faults.add(wrong.at, wrong.path, inFileWords(message).replace(/^audio /, ""));
  }
}

/** undefined where it is among the faults. */
function accessOf(
  given: Given,
  path: string,
  entry: Entry,
  { faults }: ReadContext,
): StreamAccess | null | undefined {
  const [auth, token, tokenFile] = accessSettings.map((setting) => given.get(setting));
  const fault = accessFault(auth?.value, token !== undefined, tokenFile !== undefined);
  if (fault !== null) {
    faults.add((auth ?? token)?.at ?? entry.at, path, fault);
    return undefined;
  }
  if (auth?.value === "none") return { auth: "none" };
  if (token === undefined && tokenFile === undefined) return null;
  return { auth: "token", token: textOf(token?.value), tokenFile: textOf(tokenFile?.value) };
}

const textOf = (value: unknown) => (typeof value === "string" ? value : null);

function accessFault(auth: unknown, hasToken: boolean, hasFile: boolean): string | null {
  if (hasToken && hasFile) return "token and token-file both give the token: use one of them";
  if (auth === "none" && (hasToken || hasFile))
    return `auth none needs no token: remove auth or ${hasToken ? "token" : "token-file"}`;
  if (auth === "auto") return "auth of a stream can only be none, or token if it has a token of its own";
  if (auth === "token" && !hasToken && !hasFile)
    return "auth token needs a token of its own: add token or token-file, or remove auth";
  return null;
}
