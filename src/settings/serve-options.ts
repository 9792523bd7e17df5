import { defaultHubLimits } from "../outputs/live/limits.ts";
import type { OptionTable } from "./option.ts";
import { parseExitIdleMs, parseHost, parseName, parsePath, parsePort, parseViewerCount } from "./parse.ts";
import type { AccessSettings, ServerSettings, StartValues } from "./settings.ts";

type ServeValues = Omit<ServerSettings, keyof AccessSettings> & Pick<StartValues, "name" | "maxViewers">;

/** Where the stream is served, and to whom. */
export const serveOptions: OptionTable<ServeValues> = {
  name: {
    flag: "name",
    short: "n",
    group: "Server",
    metavar: "NAME",
    help: "name of the stream, as in its URL",
    fallbackText: "from the device",
    fallback: undefined,
    parse: parseName,
  },
  host: {
    flag: "host",
    group: "Server",
    metavar: "ADDRESS",
    help: "address to listen on; 0.0.0.0 to accept viewers from other machines",
    fallbackText: "127.0.0.1",
    fallback: "127.0.0.1",
    suggestions: { words: ["127.0.0.1", "0.0.0.0"] },
    parse: parseHost,
  },
  port: {
    flag: "port",
    short: "p",
    group: "Server",
    metavar: "PORT",
    help: "port to listen on; 0 for any free one",
    fallbackText: "8080",
    fallback: 8080,
    parse: parsePort,
  },
  tlsCert: {
    flag: "tls-cert",
    group: "Server",
    metavar: "FILE",
    help: "serve HTTPS with this certificate chain (PEM); reloaded when the file changes",
    fallbackText: null,
    fallback: null,
    suggestions: { files: true },
    parse: parsePath,
  },
  tlsKey: {
    flag: "tls-key",
    group: "Server",
    metavar: "FILE",
    help: "private key of the certificate (PEM, unencrypted)",
    fallbackText: null,
    fallback: null,
    suggestions: { files: true },
    parse: parsePath,
  },
  www: {
    flag: "www",
    group: "Server",
    metavar: "FOLDER",
    help: "also serve the files in this folder, e.g. your own player page",
    fallbackText: null,
    fallback: null,
    suggestions: { files: true },
    parse: parsePath,
  },
  maxViewers: {
    flag: "max-viewers",
    group: "Server",
    metavar: "COUNT",
    help: "maximum number of viewers; further ones get 503",
    fallbackText: String(defaultHubLimits.maxViewers),
    fallback: defaultHubLimits.maxViewers,
    parse: parseViewerCount,
  },
  maxViewersPerAddress: {
    flag: "max-viewers-per-address",
    group: "Server",
    metavar: "COUNT",
    help: "maximum per IP address (IPv6: per /64)",
    fallbackText: null,
    fallback: null,
    parse: parseViewerCount,
  },
  exitIdleMs: {
    flag: "exit-idle",
    group: "Server",
    metavar: "TIME",
    help: "with --on-demand: exit after this long without viewers; for a systemd socket that starts it again",
    fallbackText: "never",
    fallback: null,
    parse: parseExitIdleMs,
  },
};
