import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { makeFolder } from "./folder.ts";
import { adapted } from "./recipes.ts";
import { freePort } from "./servers.ts";

/** A web server in front of flvcast. */
export interface Proxy {
  readonly port: number;
  /** Has it stand still, until it is to go on. */
  freeze(isFrozen: boolean): void;
  stop(): Promise<void>;
}

const tls = fileURLToPath(new URL("../fixtures/tls", import.meta.url));

/** nginx with these locations in its one server. */
export async function startNginx(locations: string): Promise<Proxy> {
  const port = await freePort();
  return await runNginx(port, `server { listen 127.0.0.1:${port}; ${locations} }`);
}

/** nginx with the recipe's file for a site, on another port and with a certificate of the tests. */
export async function startNginxSite(site: string): Promise<Proxy> {
  const port = await freePort();
  const letsencrypt = "/etc/letsencrypt/live/live.example.org";
  const file = adapted(site, {
    "listen 443": `listen 127.0.0.1:${port}`,
    [`${letsencrypt}/fullchain.pem`]: `${tls}/cert.pem`,
    [`${letsencrypt}/privkey.pem`]: `${tls}/key.pem`,
  });
  return await runNginx(port, file);
}

/** nginx with its RTMP module, which takes streams at `/live`. */
export async function startNginxRtmp(): Promise<Proxy> {
  const port = await freePort();
  const conf = (folder: string) => `
load_module ${RTMP_MODULE};
daemon off; master_process off; pid ${folder}/pid; error_log stderr;
events {}
rtmp { access_log off; server { listen 127.0.0.1:${port}; application live { live on; } } }`;
  return await startProxy(port, (folder) => {
    writeFileSync(`${folder}/nginx.conf`, conf(folder));
    return ["nginx", "-e", "stderr", "-p", folder, "-c", `${folder}/nginx.conf`];
  });
}

/** Of Debian's libnginx-mod-rtmp. */
export const RTMP_MODULE = "/usr/lib/nginx/modules/ngx_rtmp_module.so";

async function runNginx(port: number, site: string): Promise<Proxy> {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  const conf = (folder: string) => `
daemon off; master_process off; pid ${folder}/pid; error_log stderr;
events {}
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(" ")}
  ${site}
}`;
  return await startProxy(port, (folder) => {
    writeFileSync(`${folder}/nginx.conf`, conf(folder));
    return ["nginx", "-e", "stderr", "-p", folder, "-c", `${folder}/nginx.conf`];
  });
}

/** Caddy with these directives for its one site. */
export async function startCaddy(directives: string): Promise<Proxy> {
  const port = await freePort();
  return await runCaddy(port, `{\n admin off\n auto_https off\n}\n:${port} {\n${directives}\n}\n`);
}

/** Caddy with the recipe's file for a site, on another port and with certificates of its own authority. */
export async function startCaddySite(site: string): Promise<Proxy> {
  const [port, httpPort] = [await freePort(), await freePort()];
  const ports = ` http_port ${httpPort}\n https_port ${port}\n default_bind 127.0.0.1\n`;
  return await runCaddy(port, `{\n admin off\n local_certs\n skip_install_trust\n${ports}}\n${site}`);
}

async function runCaddy(port: number, caddyfile: string): Promise<Proxy> {
  return await startProxy(port, (folder) => {
    writeFileSync(`${folder}/Caddyfile`, caddyfile);
    return ["env", `XDG_DATA_HOME=${folder}/data`, `XDG_CONFIG_HOME=${folder}/config`].concat([
      ...["caddy", "run", "--config", `${folder}/Caddyfile`, "--adapter", "caddyfile"],
    ]);
  });
}

async function startProxy(port: number, command: (folder: string) => readonly string[]): Promise<Proxy> {
  const folder = makeFolder();
  mkdirSync(folder.path, { recursive: true });
  const [program = "", ...args] = command(folder.path);
  const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  while (!(await answers(port))) {
    if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}\n${stderr}`);
    await delay(20);
  }
  return {
    port,
    freeze: (isFrozen) => void child.kill(isFrozen ? "SIGSTOP" : "SIGCONT"),
    stop: async () => {
      await end(child);
      folder.remove();
    },
  };
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false; // not yet
  } finally {
    socket.destroy();
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill("SIGKILL"); // in order, it would wait for its viewers
  await closed;
}
