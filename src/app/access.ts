import { hostname } from "node:os";
import { isLoopback } from "../auth/address.ts";
import { AuthGate } from "../auth/gate.ts";
import { namesOfMachine } from "../auth/host.ts";
import type { Failures } from "../auth/rate-limit.ts";
import { makeToken, tokenFault } from "../auth/token.ts";
import { type KeptSecret, keptToken, readTokenFile } from "../auth/token-file.ts";
import { UserError } from "../errors.ts";
import { type LogEvent, warning } from "../log.ts";
import type { StreamAccess } from "../settings/serve-settings.ts";
import type { AccessSettings } from "../settings/settings.ts";
import { foldersOf } from "../system/folders.ts";
import { UnwritableError } from "../system/state-folder.ts";

type Environment = Readonly<Record<string, string | undefined>>;

export interface Access {
  readonly gate: AuthGate;
  readonly token: HeldToken | null;
}

/** Who may watch, and what the token is kept under that is made where one is needed and none given. */
export interface GateSettings extends AccessSettings {
  readonly tokenName: string;
}

export interface AccessOptions {
  readonly env: Environment;
  /** Wrong tokens and stream keys so far, which count together. */
  readonly failures: Failures;
  readonly onNotice: (event: LogEvent) => void;
}

/** What keeping a token takes. */
type KeepOptions = Omit<AccessOptions, "failures">;

export interface HeldToken {
  readonly text: string;
  /** The file that holds it; null where it was given, or could not be kept. */
  readonly path: string | null;
}

/**
 * Makes the gate of a server that listens at an address.
 * @param address the one that is really listened at, an IP address
 * @throws UserError where the token that is wanted cannot be had
 */
export async function openGate(
  settings: GateSettings,
  address: string,
  { env, onNotice, failures }: AccessOptions,
): Promise<Access> {
  const token = needsToken(settings, address) ? await tokenFor(settings, env, onNotice) : null;
  const rules = {
    token: token?.text ?? null,
    allowedOrigins: settings.allowedOrigins,
    ourNames: [...namesOfMachine(hostname()), ...settings.publicHosts],
    trustedProxies: settings.trustedProxies,
  };
  const gate = new AuthGate(rules, undefined, failures);
  return { gate, token };
}

/** Whether viewers need a token: where others than this machine's own programs and pages can ask, and where the user says so. */
export function needsToken(
  { auth, token, tokenFile, allowedOrigins }: AccessSettings,
  address: string,
): boolean {
  if (auth !== "auto") return auth === "token";
  return token !== null || tokenFile !== null || !isLoopback(address) || allowedOrigins === "*";
}

/** The token of one stream, which opens nothing else; null where everybody may watch it. @throws UserError as openGate */
export async function streamToken(
  name: string,
  access: StreamAccess,
  { env, onNotice }: KeepOptions,
): Promise<HeldToken | null> {
  return access.auth === "none" ? null : await tokenFor({ ...access, tokenName: name }, env, onNotice);
}

async function tokenFor(
  {
    tokenName,
    token,
    tokenFile,
  }: Pick<AccessSettings, "token" | "tokenFile"> & { readonly tokenName: string },
  env: Environment,
  onNotice: (event: LogEvent) => void,
): Promise<HeldToken> {
  if (token !== null) return { text: checked(token, "token"), path: null };
  if (tokenFile !== null) return { text: await readTokenFile(tokenFile), path: tokenFile };
  return await kept(tokenName, "token", { env, onNotice });
}

/** What opens a stream to publishers. @param name whose it is @throws UserError where it cannot be had */
export async function publishKey(name: string, key: string | null, options: KeepOptions): Promise<HeldToken> {
  return key === null
    ? await kept(name, "stream key", options)
    : { text: checked(key, "stream key"), path: null };
}

async function kept(name: string, what: KeptSecret, { env, onNotice }: KeepOptions): Promise<HeldToken> {
  try {
    const { token, path } = await keptToken(foldersOf(env).lasting, name, what);
    return { text: token, path };
  } catch (error) {
    if (!(error instanceof UnwritableError)) throw error;
    const others = what === "token" ? "the token and the URL" : "the stream key";
    const text = `${error.message}, so ${others} will change at the next start`;
    onNotice(warning("token-not-saved", text, { name }));
    return { text: makeToken(), path: null };
  }
}

/** From code, it comes as it is. */
function checked(secret: string, what: KeptSecret): string {
  const fault = tokenFault(secret);
  if (fault !== null) throw new UserError("usage", `the ${what} ${fault}`);
  return secret;
}

export function urlWith(token: HeldToken | null, url: string): string {
  return token === null ? url : `${url}?token=${token.text}`;
}
