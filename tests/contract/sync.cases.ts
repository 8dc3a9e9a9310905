/**
 * The contract of the sync protocol, told by the clients of the `convex` package themselves. Whoever runs it brings a
 * deployment with the functions of `fixture/convex`.
 */
import { afterAll, beforeAll } from "vitest";
import { mutationCases } from "./sync/mutations";
import { paginationCases } from "./sync/pagination";
import { closeClientsAfterEach, type SyncBackend } from "./sync/peer";
import { subscriptionCases } from "./sync/subscriptions";
import { wireCases } from "./sync/wire";

export function syncCases(start: () => Promise<SyncBackend & { stop(): Promise<void> }>): void {
  let running: (SyncBackend & { stop(): Promise<void> }) | undefined;
  const backend = () => {
    if (running === undefined) throw new Error("The backend has not started.");
    return running;
  };
  beforeAll(async () => {
    running = await start();
  });
  afterAll(() => running?.stop());
  closeClientsAfterEach();

  subscriptionCases(backend);
  mutationCases(backend);
  paginationCases(backend);
  wireCases(backend);
}
