import { createHash } from "node:crypto";
import { mkdirSync, realpathSync, renameSync, rmSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Another process holds the data directory. */
export class DataDirLockedError extends Error {
  override name = "DataDirLockedError";

  constructor(dir: string) {
    super(`The data directory ${dir} is in use by another process.`);
  }
}

/** Longest path that a socket address holds on every system we run on (macOS: 104 bytes with the closing zero). */
const MAX_SOCKET_PATH_BYTES = 100;

/**
 * Holds a directory for this process by listening on a local socket in it. Unlike a file with a process number,
 * the system itself releases it when the process dies, however it dies, and no reused process number can confuse it.
 */
export class DataDirLock {
  readonly #server: Server;

  private constructor(server: Server) {
    this.#server = server;
  }

  static async acquire(dir: string): Promise<DataDirLock> {
    // Other users of the machine have no business in it.
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const path = socketPath(dir);
    let server = await listen(path);
    if (server === null) {
      if (await answers(path)) throw new DataDirLockedError(dir);
      // Left behind by a process that died. It is moved aside before it is deleted: should another process have taken
      // the lock in this moment, it is that one's live socket that was moved, and goes back.
      const aside = `${path}.${process.pid}`;
      moveIfThere(path, aside);
      if (await answers(aside)) {
        moveIfThere(aside, path);
        throw new DataDirLockedError(dir);
      }
      rmSync(aside, { force: true });
      server = await listen(path);
    }
    if (server === null) throw new DataDirLockedError(dir);
    return new DataDirLock(server);
  }

  /** Closing removes the socket's file. */
  release(): Promise<void> {
    return new Promise((resolve) => this.#server.close(() => resolve()));
  }
}

function socketPath(dir: string): string {
  const real = realpathSync(dir);
  const name = `praxtalk-${createHash("sha256").update(real).digest("hex").slice(0, 32)}`;
  if (process.platform === "win32") return `\\\\.\\pipe\\${name}`;
  const path = join(real, "lock");
  return Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES ? path : join(tmpdir(), name);
}

/** Null if the address is taken, be it by a living process or by a dead one's file. */
function listen(path: string): Promise<Server | null> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.unref();
    server.once("error", (error: NodeJS.ErrnoException) =>
      error.code === "EADDRINUSE" ? resolve(null) : reject(error),
    );
    server.listen(path, () => resolve(server));
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}

function moveIfThere(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
