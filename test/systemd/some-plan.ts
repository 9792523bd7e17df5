import type { ServicePlan } from "../../src/systemd/service-unit.ts";

/** A camera's service, for the whole machine. */
export const somePlan: ServicePlan = {
  name: "door",
  scope: "system",
  folder: "/etc/systemd/system",
  secrets: new Map(),
  command: ["/usr/bin/node", "/opt/flvcast/bin/flvcast.js", "start", "--device", "HD Webcam"],
  groups: ["video", "audio"],
  socket: { host: "0.0.0.0", port: 8080 },
  systemdVersion: 252,
};
