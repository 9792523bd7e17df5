type Environment = Readonly<Record<string, string | undefined>>;

/** The first descriptor that systemd passes: SD_LISTEN_FDS_START of sd_listen_fds(3). */
const FIRST_FD = 3;

/** The listening socket that systemd holds for this process across its restarts; null where it holds none. */
export function passedSocket(env: Environment, pid = process.pid): { readonly fd: number } | null {
  const isOurs = env["LISTEN_PID"] === String(pid);
  return isOurs && /^[1-9]\d{0,3}$/.test(env["LISTEN_FDS"] ?? "") ? { fd: FIRST_FD } : null;
}
