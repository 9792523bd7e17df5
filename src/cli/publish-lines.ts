import { publishAddressOf, statusOf } from "../control/ask.ts";
import type { Holder } from "../control/name-lock.ts";
import { serverNameOf } from "../control/server-key.ts";
import { findStreams, running } from "../control/streams.ts";
import { exitCodes, UserError } from "../errors.ts";
import { type LogEvent, notice } from "../log.ts";
import type { UrlSettings } from "../settings/settings.ts";
import type { PublishAddress, StreamHandle } from "../stream.ts";
import type { Environment, Io } from "./command.ts";
import { qrCode } from "./qr-code.ts";

/** `flvcast url --publish` @throws UserError where a stream is not published */
export async function printPublish(
  { name, qr, json }: Pick<UrlSettings, "name" | "qr" | "json">,
  env: Environment,
  io: Io,
): Promise<number> {
  const print = async (of: string, address: PublishAddress) => {
    if (qr && !json)
      io.stdout.write((await qrCode(address.url, { isColored: io.stdout.isTTY && !env["NO_COLOR"] })).text);
    io.stdout.write(json ? `${JSON.stringify({ name: of, ...address })}\n` : publishLines(address));
  };
  const server = await newNamesOf(name, env);
  if (server !== null) {
    await print(server.name, server.address);
    return exitCodes.ok;
  }
  for (const stream of await findStreams(env, name === null ? [] : [name])) {
    const address = await publishAddressOf(stream);
    if (address === null) throw await noAddress(stream);
    await print(stream.key, address);
  }
  return exitCodes.ok;
}

/** A server that is meant, and takes names that it does not have. Without a name, that is one without streams. */
async function newNamesOf(name: string | null, env: Environment) {
  const { streams, servers } = await running(env);
  if (name === null && streams.length > 0) return null;
  for (const server of servers) {
    const own = serverNameOf(server.key);
    const address = own === null || (name ?? own) !== own ? null : await publishAddressOf(server);
    if (own !== null && address !== null) return { name: own, address };
  }
  return null;
}

async function noAddress(stream: Holder): Promise<UserError> {
  const { key } = stream;
  const isPublished = (await statusOf(stream)).device === "rtmp";
  return isPublished
    ? new UserError("notReady", `"${key}" cannot be published yet: it is still starting`)
    : new UserError("usage", `"${key}" is not published: its device is not rtmp`);
}

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
  const { name } = stream;
  const { server } = address;
  const text = `publish to ${server}; print the stream key with: flvcast url --publish ${name}`;
  return [notice("publish-here", text, { name, server })];
}
