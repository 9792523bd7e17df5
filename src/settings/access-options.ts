import { type OptionTable, switchOption } from "./option.ts";
import { parsePath } from "./parse.ts";
import { parseAuth, parseNetworks, parseOrigins, parsePublicHosts, parseToken } from "./parse-access.ts";
import { type AccessSettings, authModes, type CommandSettings } from "./settings.ts";

/** Who may watch. */
export const accessOptions: OptionTable<AccessSettings & Pick<CommandSettings, "showToken">> = {
  auth: {
    flag: "auth",
    group: "Who may watch",
    metavar: "RULE",
    help: "auto: who comes from another machine needs a token, which is made where none is given; token: everyone does; none: nobody does, on purpose",
    fallbackText: "auto",
    fallback: "auto",
    suggestions: { words: authModes },
    parse: parseAuth,
  },
  token: {
    flag: "token",
    group: "Who may watch",
    metavar: "TOKEN",
    help: "what viewers must show, as ?token=, Authorization: Bearer or a password; other users of this machine see it in ps: better FLVCAST_TOKEN or --token-file",
    fallbackText: null,
    fallback: null,
    isSecret: true,
    parse: parseToken,
  },
  tokenFile: {
    flag: "token-file",
    group: "Who may watch",
    metavar: "FILE",
    help: "a file with the token in it, and nothing else",
    fallbackText: null,
    fallback: null,
    suggestions: { files: true },
    parse: parsePath,
  },
  showToken: switchOption(
    "show-token",
    "Who may watch",
    "print the URL with its token also where stdout is no terminal",
  ),
  allowedOrigins: {
    flag: "cors",
    group: "Who may watch",
    metavar: "ORIGINS",
    help: "whose web pages may play the stream beside our own: origins as https://www.example.org, or * for all",
    fallbackText: "none",
    fallback: [],
    suggestions: { words: ["*"] },
    isList: true,
    parse: parseOrigins,
  },
  publicHosts: {
    flag: "public-host",
    group: "Who may watch",
    metavar: "NAMES",
    help: "names that lead here, where no token is needed, beside addresses, localhost and names of the local network: a web server's in front, or one in the DNS",
    fallbackText: "none",
    fallback: [],
    isList: true,
    parse: parsePublicHosts,
  },
  trustedProxies: {
    flag: "trusted-proxy",
    group: "Who may watch",
    metavar: "NETWORKS",
    help: "proxies that are believed what they say of a viewer (X-Forwarded-For, -Proto, -Host, Forwarded): addresses, networks, loopback or private",
    fallbackText: "none",
    fallback: [],
    suggestions: { words: ["loopback", "private"] },
    isList: true,
    parse: parseNetworks,
  },
};
