import { grouped, switchOption, wordOf } from "./option.ts";
import { parsePath } from "./parse.ts";
import { parseNetworks, parseOrigins, parsePublicHosts, parseToken } from "./parse-access.ts";
import { type AccessSettings, authModes, type CommandSettings } from "./settings.ts";

export const accessOptions = grouped<AccessSettings & Pick<CommandSettings, "showToken">>("Access", {
  auth: {
    flag: "auth",
    metavar: "RULE",
    help: "who needs a token: auto (viewers on other machines), token (everyone) or none (no one)",
    fallbackText: "auto",
    fallback: "auto",
    ...wordOf(authModes),
  },
  token: {
    flag: "token",
    metavar: "TOKEN",
    help: "access token for viewers (?token=, Bearer or password). Visible in ps; prefer FLVCAST_TOKEN or --token-file",
    fallbackText: "generated",
    fallback: null,
    isSecret: true,
    parse: parseToken,
  },
  tokenFile: {
    flag: "token-file",
    metavar: "FILE",
    help: "read the access token from this file",
    fallback: null,
    suggestions: { files: true },
    path: "file",
    parse: parsePath,
  },
  showToken: switchOption("show-token", "print the token even if stdout is not a terminal"),
  allowedOrigins: {
    flag: "cors",
    metavar: "ORIGINS",
    help: "origins whose pages may play the stream, e.g. https://www.example.org, or * for any",
    fallbackText: "none",
    fallback: [],
    suggestions: { words: ["*"] },
    isList: true,
    parse: parseOrigins,
  },
  publicHosts: {
    flag: "public-host",
    metavar: "NAMES",
    help: "additional host names this server is reached by without a token, e.g. that of a reverse proxy; addresses, localhost and local names always work",
    fallbackText: "none",
    fallback: [],
    isList: true,
    parse: parsePublicHosts,
  },
  trustedProxies: {
    flag: "trusted-proxy",
    metavar: "NETWORKS",
    help: "proxies whose X-Forwarded-* and Forwarded headers are trusted: addresses, networks, loopback or private",
    fallbackText: "none",
    fallback: [],
    suggestions: { words: ["loopback", "private"] },
    isList: true,
    parse: parseNetworks,
  },
});
