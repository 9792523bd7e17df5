import { join } from "node:path";
import { findFfmpeg } from "../ffmpeg/find.ts";
import { type LogEvent, notice, warning } from "../log.ts";
import { Mp4Cache } from "../recordings/mp4-cache.ts";
import { type KeyPair, type KeyPairFiles, readKeyPair, untimeliness } from "../server/http/certificate.ts";
import { CertificateWatch } from "../server/http/certificate-watch.ts";
import { HttpServer } from "../server/server.ts";
import type { ServerSettings } from "../settings/settings.ts";
import { foldersOf } from "../system/folders.ts";

export interface Serving {
  readonly server: HttpServer;
  readonly scheme: "http" | "https";
  /** What follows the certificate's files; null where it is served without. */
  readonly certificate: CertificateWatch | null;
}

/** @throws UserError when the certificate, its key or the folder of files cannot be used */
export async function makeServer(
  settings: Pick<ServerSettings, "tlsCert" | "tlsKey" | "www" | "maxViewersPerAddress"> & {
    readonly maxViewers: number;
    /** null, or not given: whichever is found. */
    readonly ffmpeg?: string | null;
  },
  onNotice: (event: LogEvent) => void,
): Promise<Serving> {
  const { tlsCert, tlsKey, www, maxViewers, maxViewersPerAddress, ffmpeg = null } = settings;
  const limits = { maxViewers, maxViewersPerAddress };
  const onError = (error: Error, request: string) => onNotice(requestFailed(error, request));
  const mp4s = new Mp4Cache({
    folder: join(foldersOf(process.env).cache, "mp4"),
    ffmpegPath: async () => (await findFfmpeg(ffmpeg)).path,
  });
  const options = { www, limits, mp4s, onError };
  const files = keyPairFiles({ tlsCert, tlsKey });
  if (files === null) return { server: new HttpServer(options), scheme: "http", certificate: null };
  return await makeTlsServer(files, options, onNotice);
}

export function keyPairFiles({
  tlsCert,
  tlsKey,
}: Pick<ServerSettings, "tlsCert" | "tlsKey">): KeyPairFiles | null {
  return tlsCert === null || tlsKey === null ? null : { certPath: tlsCert, keyPath: tlsKey };
}

/** A bug that cost one request: the first line of the stack says where. */
function requestFailed({ message, stack = "" }: Error, request: string): LogEvent {
  const where = /^\s+(at .*)$/m.exec(stack)?.[1] ?? "";
  const text = `internal error in ${request}, please report it: ${message} ${where}`;
  return { level: "error", event: "request-failed", text, fields: { request, stack } };
}

async function makeTlsServer(
  files: KeyPairFiles,
  options: ConstructorParameters<typeof HttpServer>[0],
  onNotice: (event: LogEvent) => void,
): Promise<Serving> {
  const keyPair = await usableKeyPair(files, onNotice);
  const server = new HttpServer({ ...options, keyPair });
  return { server, scheme: "https", certificate: watchCertificate(server, files, keyPair, onNotice) };
}

/** @throws UserError when the certificate or its key cannot be used */
export async function usableKeyPair(
  files: KeyPairFiles,
  onNotice: (event: LogEvent) => void,
): Promise<KeyPair> {
  const keyPair = await readKeyPair(files);
  const late = untimeliness(keyPair);
  if (late !== null) onNotice(warning("certificate-not-valid", `--tls-cert ${files.certPath}: ${late}`));
  return keyPair;
}

export function watchCertificate(
  server: HttpServer,
  files: KeyPairFiles,
  keyPair: KeyPair,
  onNotice: (event: LogEvent) => void,
): CertificateWatch {
  return new CertificateWatch(files, keyPair, {
    onRenewed: (renewed) => {
      server.renew(renewed);
      onNotice(notice("certificate-reloaded", "certificate reloaded; new connections use it"));
    },
    onUnusable: (why) =>
      onNotice(warning("certificate-unusable", `still using the previous certificate: ${why}`)),
  });
}
