/** What the cases of the sync protocol need: the deployment under test, and the package's own clients on sockets that can be cut. */
import { BaseConvexClient, ConvexClient, ConvexHttpClient } from "convex/browser";
import type { FunctionReference } from "convex/server";
import type { Value } from "convex/values";
import { afterEach, expect, vi } from "vitest";
import WebSocket from "ws";

/** A running deployment with the functions of `fixture/convex`. */
export type SyncBackend = {
  url: string;
  adminKey: string;
  /** Stops it in good order and starts it again on the same data. */
  restart(): Promise<void>;
  /** Ends it without warning and starts it again on the same data. */
  crash(): Promise<void>;
  /** Runs so far of one function, `module:name`. */
  runsOf(identifier: string): Promise<number>;
};

export const WAIT = { timeout: 20_000, interval: 10 };

/** Makes sockets for clients and remembers them, to cut them. */
export class Sockets {
  readonly opened: WebSocket[] = [];
  readonly closeCodes: number[] = [];
  /** What clients received, parsed. */
  readonly received: { type: string; [field: string]: unknown }[] = [];
  readonly constructorForClients: typeof globalThis.WebSocket;

  constructor() {
    const { opened, closeCodes, received } = this;
    class RememberedSocket extends WebSocket {
      constructor(url: string) {
        super(url);
        opened.push(this);
        this.on("close", (code) => closeCodes.push(code));
        this.on("message", (data: Buffer) => {
          received.push(JSON.parse(data.toString()) as (typeof received)[number]);
        });
      }
    }
    this.constructorForClients = RememberedSocket as unknown as typeof globalThis.WebSocket;
  }

  /** As when the network breaks: no close frame. */
  cut(): void {
    for (const socket of this.opened) socket.terminate();
  }
}

const open: { close(): Promise<void> }[] = [];

/** Closes all clients after each case of the calling suite. */
export function closeClientsAfterEach(): void {
  afterEach(async () => {
    await Promise.all(open.splice(0).map((client) => client.close()));
  });
}

/** For calls whose effect, not whose connection, is the point. */
export function overHttp(url: string): ConvexHttpClient {
  return new ConvexHttpClient(url, { logger: false });
}

export function connect(url: string, sockets = new Sockets()): ConvexClient {
  const client = new ConvexClient(url, {
    webSocketConstructor: sockets.constructorForClients,
    logger: false,
    unsavedChangesWarning: false,
  });
  open.push(client);
  return client;
}

/** The client below: told of each transition, with journals and optimistic updates. */
export function connectBase(
  url: string,
  onTransition: () => void,
  sockets = new Sockets(),
): BaseConvexClient {
  const client = new BaseConvexClient(url, () => onTransition(), {
    webSocketConstructor: sockets.constructorForClients,
    logger: false,
    unsavedChangesWarning: false,
  });
  open.push(client);
  return client;
}

/** What the CLI does: absent from the package's public types. */
export function authenticateAsAdmin(
  client: ConvexClient,
  key: string,
  actingAs?: UserIdentityAttributes,
): void {
  const admin = client as unknown as { setAdminAuth(key: string, actingAs?: UserIdentityAttributes): void };
  admin.setAdminAuth(key, actingAs);
}

type UserIdentityAttributes = { issuer: string; subject: string };

/** All values that a subscription has been told, in order. */
export class Watch<T = Value> {
  readonly values: T[] = [];
  readonly errors: Error[] = [];
  readonly stop: () => void;

  constructor(client: ConvexClient, query: FunctionReference<"query">, args: Record<string, Value>) {
    const unsubscribe = client.onUpdate(
      query,
      args,
      (value) => void this.values.push(value as T),
      (error) => void this.errors.push(error),
    );
    this.stop = () => unsubscribe();
  }

  get latest(): T | undefined {
    return this.values.at(-1);
  }

  async until(expected: T): Promise<void> {
    await vi.waitFor(() => expect(this.latest).toEqual(expected), WAIT);
  }
}

let lastName = 0;

/** A channel or counter that no other case uses. */
export function freshName(): string {
  return `name${++lastName}`;
}
