import { defaultHubLimits } from "../outputs/live/limits.ts";
import { grouped, timeWithin } from "./option.ts";
import { parseHost, parseListen, parseName, parsePath, parsePort, parseViewerCount } from "./parse.ts";
import type { AccessSettings, ServerSettings, StartValues } from "./settings.ts";

type ServeValues = Omit<ServerSettings, keyof AccessSettings | "recordKeepFree"> &
  Pick<StartValues, "name" | "listen" | "maxViewers">;

export const serveOptions = grouped<ServeValues>("Server", {
  name: {
    flag: "name",
    short: "n",
    metavar: "NAME",
    help: "name of the stream, as in its URL",
    fallbackText: "from the device",
    fallback: undefined,
    parse: parseName,
  },
  host: {
    flag: "host",
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
    metavar: "PORT",
    help: "port to listen on; 0 for any free one",
    fallbackText: "8080",
    fallback: 8080,
    parse: parsePort,
  },
  listen: {
    flag: "listen",
    metavar: "HOST:PORT",
    help: "short for --host and --port: 0.0.0.0:8080, [::]:8080, or :8080 for the port alone",
    fallback: null,
    parse: parseListen,
  },
  rtmpPort: {
    flag: "rtmp-port",
    metavar: "PORT",
    help: "port for publishers, e.g. OBS, if a stream's device is rtmp",
    fallbackText: "1935",
    fallback: 1935,
    parse: parsePort,
  },
  tlsCert: {
    flag: "tls-cert",
    metavar: "FILE",
    help: "serve HTTPS with this certificate chain (PEM); reloaded when the file changes",
    fallback: null,
    suggestions: { files: true },
    path: "file",
    parse: parsePath,
  },
  tlsKey: {
    flag: "tls-key",
    metavar: "FILE",
    help: "private key of the certificate (PEM, unencrypted)",
    fallback: null,
    suggestions: { files: true },
    path: "file",
    parse: parsePath,
  },
  www: {
    flag: "www",
    metavar: "FOLDER",
    help: "also serve the files in this folder, e.g. your own player page",
    fallback: null,
    suggestions: { files: true },
    path: "file",
    parse: parsePath,
  },
  maxViewers: {
    flag: "max-viewers",
    metavar: "COUNT",
    help: "maximum number of viewers; further ones get 503",
    fallbackText: String(defaultHubLimits.maxViewers),
    fallback: defaultHubLimits.maxViewers,
    parse: parseViewerCount,
  },
  maxViewersPerAddress: {
    flag: "max-viewers-per-address",
    metavar: "COUNT",
    help: "maximum per IP address (IPv6: per /64)",
    fallback: null,
    parse: parseViewerCount,
  },
  exitIdleMs: {
    flag: "exit-idle",
    help: "with --on-demand: exit after this long without viewers; for a systemd socket that starts it again",
    fallbackText: "never",
    fallback: null,
    ...timeWithin(1000, 86_400_000, "1s to 24h", "10m"),
  },
});
