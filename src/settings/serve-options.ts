import { defaultHubLimits } from "../outputs/live/limits.ts";
import type { OptionTable } from "./option.ts";
import { parseHost, parseName, parsePath, parsePort, parseViewerCount } from "./parse.ts";
import type { AccessSettings, ServerSettings, StartValues } from "./settings.ts";

type ServeValues = Omit<ServerSettings, keyof AccessSettings> & Pick<StartValues, "name" | "maxViewers">;

/** Where the stream is served, and to whom. */
export const serveOptions: OptionTable<ServeValues> = {
  name: {
    flag: "name",
    group: "Where to serve",
    metavar: "NAME",
    help: "the stream's name in its URL",
    fallbackText: "from the device",
    fallback: undefined,
    parse: parseName,
  },
  host: {
    flag: "host",
    group: "Where to serve",
    metavar: "ADDRESS",
    help: "address to listen on; 0.0.0.0 lets everyone watch who can reach it",
    fallbackText: "127.0.0.1",
    fallback: "127.0.0.1",
    suggestions: { words: ["127.0.0.1", "0.0.0.0"] },
    parse: parseHost,
  },
  port: {
    flag: "port",
    group: "Where to serve",
    metavar: "PORT",
    help: "port to listen on; 0 picks a free one",
    fallbackText: "8080",
    fallback: 8080,
    parse: parsePort,
  },
  tlsCert: {
    flag: "tls-cert",
    group: "Where to serve",
    metavar: "FILE",
    help: "serve over HTTPS, with this certificate and those that vouch for it (PEM); read again when the file changes",
    fallbackText: null,
    fallback: null,
    suggestions: { files: true },
    parse: parsePath,
  },
  tlsKey: {
    flag: "tls-key",
    group: "Where to serve",
    metavar: "FILE",
    help: "the certificate's private key (PEM, not encrypted)",
    fallbackText: null,
    fallback: null,
    suggestions: { files: true },
    parse: parsePath,
  },
  www: {
    flag: "www",
    group: "Where to serve",
    metavar: "FOLDER",
    help: "serve the files in this folder, too: a page that plays the stream, say",
    fallbackText: null,
    fallback: null,
    suggestions: { files: true },
    parse: parsePath,
  },
  maxViewers: {
    flag: "max-viewers",
    group: "Where to serve",
    metavar: "COUNT",
    help: "who comes when there are so many is told to try again",
    fallbackText: String(defaultHubLimits.maxViewers),
    fallback: defaultHubLimits.maxViewers,
    parse: parseViewerCount,
  },
  maxViewersPerAddress: {
    flag: "max-viewers-per-address",
    group: "Where to serve",
    metavar: "COUNT",
    help: "the same for each address, or IPv6 network of 64 bits",
    fallbackText: null,
    fallback: null,
    parse: parseViewerCount,
  },
};
