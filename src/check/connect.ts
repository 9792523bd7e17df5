import { isIP, connect as openTcp, type Socket } from "node:net";
import { connect as openTls, type TLSSocket } from "node:tls";
import { hostOf, shownUrl } from "../devices/redact.ts";
import { UserError } from "../errors.ts";

/** A connection, and why its certificate is not to be trusted; null where it is, or there is none. */
export interface Connection {
  readonly socket: Socket;
  readonly distrust: string | null;
}

/** Opens a connection to a URL's server. Nothing has been sent. @throws UserError of reason `unreachable` */
export async function connect(url: URL, signal: AbortSignal, timeoutMs: number): Promise<Connection> {
  const isTls = url.protocol === "https:";
  const host = url.hostname.replace(/^\[(.*)\]$/, "$1");
  const port = Number(url.port || (isTls ? 443 : 80));
  const socket = isTls ? openTls(tlsOptions(host, port)) : openTcp({ host, port });
  try {
    await opened(socket, isTls ? "secureConnect" : "connect", signal, timeoutMs);
  } catch (error) {
    socket.destroy();
    throw unreachable(error, hostOf(url.href) ?? shownUrl(url.href), timeoutMs);
  }
  if (!isTls) return { socket, distrust: null };
  const { authorized, authorizationError } = socket as TLSSocket; // as it was opened
  return { socket, distrust: authorized ? null : String(authorizationError) };
}

/** The certificate is judged, and a bad one is a finding: so the handshake itself lets it pass. */
function tlsOptions(host: string, port: number) {
  const servername = isIP(host) === 0 ? { servername: host } : {};
  return { host, port, ...servername, rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] };
}

/** A timer and a listener, since Node 20 loses what `AbortSignal.any` combines. */
async function opened(socket: Socket, event: string, signal: AbortSignal, timeoutMs: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => fail(new LateError()), timeoutMs);
    const stop = () => fail(new StoppedError());
    const settle = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    };
    const fail = (error: Error) => {
      settle();
      reject(error);
    };
    signal.addEventListener("abort", stop);
    socket.on("error", fail); // later ones, too: the reader sees the connection close
    socket.once(event, () => {
      settle();
      resolve();
    });
    if (signal.aborted) stop();
  });
}

class LateError extends Error {}
class StoppedError extends Error {}

function unreachable(error: unknown, host: string, timeoutMs: number): UserError {
  const problem = problemOf(error, timeoutMs);
  return new UserError("unreachable", `cannot connect to ${host}: ${problem}`, { cause: error });
}

const PROBLEMS: Readonly<Record<string, string>> = {
  ENOTFOUND: "unknown host; check the spelling",
  EAI_AGAIN: "name lookup failed; check this machine's network connection",
  ECONNREFUSED: "connection refused; check that the server is running and the port is right",
  ECONNRESET: "connection reset; check http:// or https://, and any proxy in between",
  EHOSTUNREACH: "no route to host; check that it is on and in the same network",
  ENETUNREACH: "network is unreachable",
  ETIMEDOUT: "no response; a firewall may be blocking it",
};

function problemOf(error: unknown, timeoutMs: number): string {
  if (error instanceof LateError) return `no response within ${timeoutMs / 1000} s`;
  if (error instanceof StoppedError) return "interrupted";
  const { code, message } = error as NodeJS.ErrnoException; // a socket's
  if (code?.startsWith("ERR_SSL") || code === "EPROTO") return tlsProblemOf(message);
  return PROBLEMS[code ?? ""] ?? code ?? message;
}

/** An alert is an answer in TLS: no common version or cipher, or a client certificate is wanted. */
function tlsProblemOf(message: string): string {
  const alert = /:([^:]* alert [^:]*):/.exec(message)?.[1];
  return alert === undefined
    ? "the server does not use TLS on this port; try http:// instead of https://"
    : `the server refused the TLS handshake (${alert})`;
}
