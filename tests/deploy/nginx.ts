/** A real nginx with the repository's configuration, put on free ports of this machine. */
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from "node:http";
import { request } from "node:https";
import { connect, createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, vi } from "vitest";

const CONFIG = path.resolve(import.meta.dirname, "../../deploy/nginx.conf");
export const NAMES = {
  web: "chat.example.com",
  convex: "convex.chat.example.com",
  site: "api.chat.example.com",
};
export type Upstreams = { web: number; convex: number; site: number };

export type Nginx = {
  tlsPort: number;
  plainPort: number;
  certificate: string;
  stop(): Promise<void>;
};

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

export async function startNginx(upstreams: Upstreams): Promise<Nginx> {
  const dir = mkdtempSync(path.join(tmpdir(), "praxtalk-nginx-"));
  const file = (name: string) => path.join(dir, name);
  execFileSync(
    "openssl",
    [
      ...["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", `/CN=${NAMES.web}`],
      ...[
        "-addext",
        `subjectAltName=${Object.values(NAMES)
          .map((name) => `DNS:${name}`)
          .join(",")}`,
      ],
      ...["-keyout", file("privkey.pem"), "-out", file("fullchain.pem")],
    ],
    { stdio: "ignore" },
  );
  const [tlsPort, plainPort] = [await freePort(), await freePort()];
  const site = readFileSync(CONFIG, "utf8")
    .replaceAll("/etc/ssl/praxtalk", dir)
    .replaceAll("listen 443 ssl", `listen 127.0.0.1:${tlsPort} ssl`)
    .replaceAll("listen 80", `listen 127.0.0.1:${plainPort}`)
    .replaceAll("127.0.0.1:3000", `127.0.0.1:${upstreams.web}`)
    .replaceAll("127.0.0.1:3210", `127.0.0.1:${upstreams.convex}`)
    .replaceAll("127.0.0.1:3211", `127.0.0.1:${upstreams.site}`);
  writeFileSync(file("site.conf"), site);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `${kind}_temp_path ${dir};`,
  );
  writeFileSync(
    file("nginx.conf"),
    `daemon off; pid ${file("pid")}; error_log stderr; user root;
     events { worker_connections 512; }
     http { access_log off; ${temporary.join(" ")} include ${file("site.conf")}; }`,
  );
  const nginx: ChildProcess = spawn("nginx", ["-p", dir, "-c", file("nginx.conf")], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  await vi.waitFor(async () => expect(await answers(tlsPort)).toBe(true), { timeout: 10_000 });
  return {
    tlsPort,
    plainPort,
    certificate: readFileSync(file("fullchain.pem"), "utf8"),
    stop: async () => {
      nginx.kill("SIGQUIT");
      await once(nginx, "exit");
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

export type Answer = { status: number; headers: IncomingHttpHeaders; text: string };

/** A request by name over TLS, from an address of its own, so that it can be told from the proxy's. */
export function ask(
  nginx: Nginx,
  name: string,
  target: string,
  options: { method?: string; headers?: OutgoingHttpHeaders; body?: Buffer | string } = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: "127.0.0.1",
        port: nginx.tlsPort,
        servername: name,
        ca: nginx.certificate,
        localAddress: "127.0.0.9",
        path: target,
        method: options.method ?? "GET",
        headers: { host: name, ...options.headers },
      },
      (answer) => {
        let text = "";
        answer.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }));
      },
    );
    outgoing.on("error", reject).end(options.body);
  });
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
