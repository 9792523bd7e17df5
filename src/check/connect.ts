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
  return { socket, distrust: isTls ? distrustOf(socket as TLSSocket) : null };
}

/** The certificate is judged, and a bad one is a finding: so the handshake itself lets it pass. */
function tlsOptions(host: string, port: number) {
  const servername = isIP(host) === 0 ? { servername: host } : {};
  return { host, port, ...servername, rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] };
}

function distrustOf(socket: TLSSocket): string | null {
  return socket.authorized ? null : String(socket.authorizationError);
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
  const why = whyOf(error, timeoutMs);
  return new UserError("unreachable", `could not connect to ${host}: ${why}`, { cause: error });
}

const WHY: Readonly<Record<string, string>> = {
  ENOTFOUND: "there is no host of that name. Is it spelled right?",
  EAI_AGAIN: "its name cannot be looked up now. Is this machine on the network?",
  ECONNREFUSED: "nothing listens there. Is the server started, and the port right?",
  ECONNRESET: "the connection was reset. Is it HTTPS, or HTTP, or a proxy in the way?",
  EHOSTUNREACH: "no way leads to that host. Is it on, and in the same network?",
  ENETUNREACH: "no way leads to that network",
  ETIMEDOUT: "no answer. Is a firewall in the way?",
};

function whyOf(error: unknown, timeoutMs: number): string {
  if (error instanceof LateError) return `no answer within ${timeoutMs / 1000} s`;
  if (error instanceof StoppedError) return "stopped before it could";
  const { code, message } = error as NodeJS.ErrnoException; // a socket's
  if (code?.startsWith("ERR_SSL") || code === "EPROTO")
    return "the server does not speak TLS there. Try http:// instead of https://";
  return WHY[code ?? ""] ?? code ?? message;
}
