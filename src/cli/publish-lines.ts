import { publishAddressOf, statusOf } from "../control/ask.ts";
import type { Holder } from "../control/name-lock.ts";
import { findStreams } from "../control/streams.ts";
import { exitCodes, UserError } from "../errors.ts";
import { type LogEvent, notice } from "../log.ts";
import type { UrlSettings } from "../settings/settings.ts";
import type { PublishAddress, StreamHandle } from "../status.ts";
import type { Environment, Io } from "./command.ts";
import { qrCode } from "./qr-code.ts";

/** `flvcast url --publish` @throws UserError where a stream is not published */
export async function printPublish(
  { name, qr, json }: Pick<UrlSettings, "name" | "qr" | "json">,
  env: Environment,
  io: Io,
): Promise<number> {
  for (const stream of await findStreams(env, name === null ? [] : [name])) {
    const address = await publishAddressOf(stream);
    if (address === null) throw await noAddress(stream);
    if (qr && !json)
      io.stdout.write((await qrCode(address.url, { isColored: io.stdout.isTTY && !env["NO_COLOR"] })).text);
    io.stdout.write(json ? `${JSON.stringify({ name: stream.key, ...address })}\n` : publishLines(address));
  }
  return exitCodes.ok;
}

async function noAddress(stream: Holder): Promise<UserError> {
  const { key } = stream;
  const isPublished = (await statusOf(stream)).device === "rtmp";
  return isPublished
    ? new UserError("notReady", `"${key}" cannot be published yet: it is still starting`)
    : new UserError("usage", `"${key}" is not published: its device is not rtmp`);
}

/** The two fields of OBS, and the one that phones have. */
export function publishLines({ server, streamKey, url }: PublishAddress): string {
  return [
    ["OBS server", server],
    ["Stream key", streamKey],
    ["One URL", url],
  ]
    .map(([label = "", text = ""]) => `${label.padEnd(11)}${text}\n`)
    .join("");
}

/** Where a stream is to be published, without its key; nothing where it is not. */
export function publishEvents(stream: Pick<StreamHandle, "name" | "publishAt">): readonly LogEvent[] {
  const address = stream.publishAt();
  if (address === null) return [];
  const [{ name }, { server }] = [stream, address];
  const text = `publish to ${server}; print the stream key with: flvcast url --publish ${name}`;
  return [notice("publish-here", text, { name, server })];
}
