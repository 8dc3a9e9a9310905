import { connect, createServer, type AddressInfo, type Socket } from "node:net";

export type CuttableProxy = {
  url: string;
  /** Ends every connection, as a network that goes away; new ones are refused until `mend`. */
  cut(): void;
  mend(): void;
  /** Ends every connection; new ones are accepted at once. */
  blink(): void;
  /** Keeps what the server says from now on, over connections that stay open, until `mend`. */
  silence(): void;
  close(): Promise<void>;
};

/** Stands between a browser and a server on this machine, at the level of TCP. */
export async function startCuttableProxy(target: string): Promise<CuttableProxy> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  let isCut = false;
  let isSilent = false;
  const server = createServer((client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    const upstream = connect(Number(port), hostname);
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(one);
      one.on("data", (chunk) => {
        if (one === client || !isSilent) other.write(chunk);
      });
      one.on("end", () => other.end());
      one.on("error", () => other.destroy());
      one.on("close", () => {
        open.delete(one);
        other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endAll = () => {
    for (const socket of open) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut() {
      isCut = true;
      endAll();
    },
    silence() {
      isSilent = true;
    },
    mend() {
      isCut = false;
      isSilent = false;
    },
    blink: endAll,
    close: () =>
      new Promise((resolve) => {
        endAll();
        server.close(() => resolve());
      }),
  };
}
