import { UserError } from "../../errors.ts";

export function unusableSocket(fd: number, cause?: Error): UserError {
  const why = cause === undefined ? "" : `: ${cause.message}`;
  return new UserError("failure", `file descriptor ${fd} (LISTEN_FDS) is no TCP socket that listens${why}`, {
    cause,
  });
}

export function listenFailure(error: Error, host: string, port: number): UserError {
  switch ((error as NodeJS.ErrnoException).code) {
    case "EADDRINUSE":
      return new UserError(
        "portInUse",
        `--port ${port} is in use on ${host}: stop what listens there, or give another --port (0 picks a free one)`,
      );
    case "EACCES":
      return new UserError("permission", `--port ${port} needs more rights: give a --port of 1024 or above`);
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
    case "EAI_AGAIN":
      return new UserError(
        "usage",
        `--host ${host} is no address of this machine: give one, or 0.0.0.0 for all`,
      );
    default:
      return new UserError("failure", `cannot listen on ${host}:${port}: ${error.message}`, { cause: error });
  }
}
