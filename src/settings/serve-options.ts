import { defaultHubLimits } from "../outputs/live/limits.ts";
import type { OptionTable } from "./option.ts";
import { parseHost, parseListen, parseName, parsePath, parsePort, parseViewerCount } from "./parse.ts";
import type { AccessSettings, ServerSettings, StartValues } from "./settings.ts";

type ServeValues = Omit<ServerSettings, keyof AccessSettings> &
  Pick<StartValues, "name" | "listen" | "maxViewers">;

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
  listen: {
    flag: "listen",
    group: "Server",
    metavar: "HOST:PORT",
    help: "short for --host and --port: 0.0.0.0:8080, [::]:8080, or :8080 for the port alone",
    fallbackText: null,
    fallback: null,
    parse: parseListen,
  },
  tlsCert: {
    flag: "tls-cert",
    group: "Server",
    metavar: "FILE",
    help: "serve HTTPS with this certificate chain (PEM); reloaded when the file changes",
    fallbackText: null,
    fallback: null,
    suggestions: { files: true },
    path: "file",
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
    path: "file",
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
    path: "file",
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
};
