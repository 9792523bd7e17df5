import { isIP, isIPv6 } from "node:net";
import { join } from "node:path";
import { exitCodes } from "../errors.ts";
import { execLine, quotedVariable, type Section, specifierFree, unitText } from "./unit-text.ts";

export interface ServicePlan {
  /** The unit is `flvcast-NAME.service`. */
  readonly name: string;
  /** For the whole machine, or for a user's own manager. */
  readonly scope: "system" | "user";
  readonly folder: string;
  /** node's and flvcast's absolute paths, then the arguments. */
  readonly command: readonly string[];
  /** SIGHUP has it read its configuration again. */
  readonly isReloadable?: boolean;
  /** Variables that only its user may read. */
  readonly secrets: ReadonlyMap<string, string>;
  /** Those of `video`, `audio` and `render` that this machine has: one that is missing keeps a unit from starting. */
  readonly groups: readonly string[];
  /** What a socket unit listens on; null where flvcast does itself. */
  readonly socket: { readonly host: string; readonly port: number } | null;
  /** systemd's version: a newer one can do more, an older one complains of it. */
  readonly systemdVersion: number;
}

/** By the shell's own kill: /bin/kill is missing where Debian's procps is not installed. */
const RELOAD = "/bin/sh -c 'kill -HUP $MAINPID'";

/** Who says what flvcast says, in the journal. */
export const journalName = "flvcast";

/** What `systemctl` calls a unit; `env` is the file of its secrets, beside it. */
export const unitName = (name: string, kind: "service" | "socket" | "env"): string =>
  `flvcast-${name}.${kind}`;

/** A user's mistake, and an ffmpeg that is not there, are the same at the next start. */
const finalExitCodes = [exitCodes.usage, exitCodes.noFfmpeg];

/** A host name, or a port that is yet to be chosen, is nothing that systemd could listen on. */
export function socketOf(host: string, port: number): ServicePlan["socket"] {
  return isIP(host) !== 0 && port !== 0 ? { host, port } : null;
}

export function serviceUnit(plan: ServicePlan): string {
  const socket = plan.socket === null ? [] : [unitName(plan.name, "socket")];
  return unitText([
    [
      "Unit",
      [
        [
          "Description",
          `flvcast ${plan.name}: HTTP-FLV ${plan.isReloadable === true ? "streams" : "stream"}`,
        ],
        ...(plan.scope === "system" ? [["Wants", "network-online.target"] as const] : []),
        ...(plan.scope === "system"
          ? [["After", ["network-online.target", ...socket].join(" ")] as const]
          : []),
        ...(plan.scope === "user" && socket.length > 0 ? [["After", socket.join(" ")] as const] : []),
        ...(socket.length > 0 ? [["Requires", socket.join(" ")] as const] : []),
        ["Never gives up. Not bound to a camera's unit: that would stop it when the camera is unplugged."],
        ["StartLimitIntervalSec", "0"],
      ],
    ],
    ["Service", [...running(plan), ...confinement(plan)]],
    ["Install", [["WantedBy", plan.scope === "system" ? "multi-user.target" : "default.target"]]],
  ]);
}

/** The text of the unit that holds the port while the service restarts; null where it has none. */
export function socketUnit({ name, socket }: ServicePlan): string | null {
  if (socket === null) return null;
  const { host, port } = socket;
  return unitText([
    ["Unit", [["Description", `flvcast ${name}: port`]]],
    [
      "Socket",
      [
        ["ListenStream", isIPv6(host) ? `[${specifierFree(host)}]:${port}` : `${host}:${port}`],
        ["An address may come up later than this unit."],
        ["FreeBind", "yes"],
        ["FileDescriptorName", "http"],
        ["Viewers that connect while starts keep failing must not make the socket give up."],
        ["TriggerLimitIntervalSec", "0"],
      ],
    ],
    ["Install", [["WantedBy", "sockets.target"]]],
  ]);
}

type Lines = Section[1];

/**
 * While a viewer requests, its socket starts a service again as soon as that has failed: RestartSec= does not count then, and
 * a start that cannot work would be tried without a pause. Before this is over the service has not ended.
 */
const pauseAfterFailure = ["/bin/sh", "-c", '[ "$SERVICE_RESULT" = success ] || sleep 3'];

/** The text of the file that `EnvironmentFile=` names, for its owner's eyes; null where there is nothing to hide. */
export function environmentFile({ secrets }: ServicePlan): string | null {
  if (secrets.size === 0) return null;
  return [...secrets].map(([name, value]) => `${name}=${quotedVariable(value)}\n`).join("");
}

function running(plan: ServicePlan): Lines {
  const { name, folder, command, secrets, socket, systemdVersion } = plan;
  return [
    ["Type", "notify"],
    ["systemd-notify is a separate process."],
    ["NotifyAccess", "all"],
    ...(secrets.size === 0
      ? []
      : ([
          ["URLs with passwords."],
          ["EnvironmentFile", specifierFree(join(folder, unitName(name, "env")))],
        ] as const)),
    ["ExecStart", execLine(command)],
    ...(plan.isReloadable === true ? ([["ExecReload", RELOAD]] as const) : []),
    ["Shown in the journal as flvcast, not node."],
    ["SyslogIdentifier", journalName],
    ...(socket === null
      ? []
      : ([
          ["Also pauses after a failure when a viewer connects to the socket."],
          ["ExecStopPost", execLine(pauseAfterFailure)],
        ] as const)),
    ["Restart", "on-failure"],
    ["RestartPreventExitStatus", finalExitCodes.join(" ")],
    ["RestartSec", "1"],
    ...(systemdVersion >= 254
      ? ([
          ["RestartSteps", "6"],
          ["RestartMaxDelaySec", "30"],
        ] as const)
      : []),
    ["A start that makes progress asks for more time."],
    ["TimeoutStartSec", "90"],
    ["TimeoutStopSec", "15"],
    ["WatchdogSec", "30"],
    ["A hung process would ignore SIGABRT too, and a core dump helps nobody."],
    ["WatchdogSignal", "SIGKILL"],
    ["Only flvcast gets the signal; it stops its ffmpegs itself."],
    ["KillMode", "mixed"],
  ];
}

function confinement(plan: ServicePlan): Lines {
  return [
    ["Where other flvcast commands find this one."],
    ["RuntimeDirectory", `flvcast-${plan.name}`],
    ["RuntimeDirectoryMode", "0700"],
    ...(plan.scope === "system" ? systemConfinement(plan) : []),
    ...everyonesConfinement,
  ];
}

/** What a user's own manager may do as well: it needs no privileges. */
const everyonesConfinement: Lines = [
  ["NoNewPrivileges", "yes"],
  ["RestrictAddressFamilies", "AF_UNIX AF_INET AF_INET6 AF_NETLINK"],
  ["RestrictNamespaces", "yes"],
  ["RestrictRealtime", "yes"],
  ["RestrictSUIDSGID", "yes"],
  ["LockPersonality", "yes"],
  ["SystemCallArchitectures", "native"],
  ["SystemCallFilter", "@system-service"],
  ["SystemCallErrorNumber", "EPERM"],
  ["UMask", "0077"],
  ["No MemoryDenyWriteExecute: node compiles code at run time."],
];

/** Not ProcSubset=pid, which hides /proc/asound, /proc/cpuinfo and /proc/net. */
function systemConfinement({ name, groups }: ServicePlan): Lines {
  return [
    ["A user of its own that exists only while it runs."],
    ["DynamicUser", "yes"],
    ...(groups.length > 0 ? ([["SupplementaryGroups", groups.join(" ")]] as const) : []),
    ["Each service has its own: their users differ."],
    ["StateDirectory", `flvcast-${name}`],
    ["CacheDirectory", `flvcast-${name}`],
    ["ConfigurationDirectory", "flvcast"],
    ["CapabilityBoundingSet", ""],
    ["AmbientCapabilities", ""],
    ["ProtectSystem", "strict"],
    ["ProtectHome", "read-only"],
    ["PrivateTmp", "yes"],
    ["ProtectProc", "invisible"],
    ["ProtectClock", "yes"],
    ["ProtectHostname", "yes"],
    ["ProtectKernelLogs", "yes"],
    ["ProtectKernelModules", "yes"],
    ["ProtectKernelTunables", "yes"],
    ["ProtectControlGroups", "yes"],
    ["RemoveIPC", "yes"],
    ["DevicePolicy", "closed"],
    ...devices.flatMap(([device, what]) => [[what], ["DeviceAllow", `${device} rw`]] as const),
  ];
}

/**
 * By number where the number is fixed (the kernel's Documentation/admin-guide/devices.txt): a name counts only if its
 * driver is loaded when the service starts, and a camera may be plugged in later.
 */
const devices = [
  ["char-81", "cameras and board encoders: video4linux"],
  ["char-116", "sound: alsa"],
  ["char-226", "graphics: drm"],
  ["char-195", "NVIDIA's"],
  ["char-nvidia*", "NVIDIA, by name: their numbers are not fixed"],
  ["char-media", "media controllers"],
  ["char-dma_heap", "buffers that board encoders share"],
] as const;
