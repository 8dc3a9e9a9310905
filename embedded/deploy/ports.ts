/** Ports are looked at before anything is opened, so that a taken one is refused with nothing touched. */
import { createServer } from "node:net";

/** The address cannot be listened on; the message is a sentence for the person who chose it. */
export class PortError extends Error {
  override name = "PortError";
}

/** The port itself if it is free, or for 0 any free one. Throws PortError. */
export function choosePort(host: string, wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once("error", (error: NodeJS.ErrnoException) => reject(new PortError(reason(error, host, wanted))));
    probe.listen({ host, port: wanted, exclusive: true }, () => {
      const address = probe.address();
      const port = address !== null && typeof address === "object" ? address.port : wanted;
      probe.close(() => resolve(port));
    });
  });
}

/** The same for a port that was taken between `choosePort` and its use; any other error stays what it is. */
export function asPortError(error: unknown): unknown {
  const { code, address, port } = (error instanceof Error ? error : {}) as NodeJS.ErrnoException & {
    address?: string;
    port?: number;
  };
  if (code !== "EADDRINUSE" || address === undefined || port === undefined) return error;
  return new PortError(reason(error as NodeJS.ErrnoException, address, port));
}

function reason(error: NodeJS.ErrnoException, host: string, port: number): string {
  switch (error.code) {
    case "EADDRINUSE":
      return `Port ${port} on ${host} is already in use.`;
    case "EACCES":
      return `Port ${port} on ${host} may not be used by this user.`;
    case "EADDRNOTAVAIL":
    case "ENOTFOUND":
      return `HOST ${host} is not an address of this machine.`;
    default:
      return `Port ${port} on ${host} cannot be listened on: ${error.message}.`;
  }
}
