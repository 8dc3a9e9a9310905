import { provision, type AppAddress, type Provisioned } from "./app";

const VARIABLE = "PRAXTALK_TEST_APP";

/** Called by the global setup; workers inherit the environment. */
export function publishSharedApp(address: AppAddress): void {
  process.env[VARIABLE] = JSON.stringify(address);
}

/**
 * The one instance that specs share, where each makes a workspace of its own with `provision(<unique name>)`. A spec that
 * stops, kills or sets up an instance starts one by startApp() instead.
 */
export function sharedApp(): AppAddress & { provision(name: string): Promise<Provisioned> } {
  const text = process.env[VARIABLE];
  if (!text) throw new Error("The shared app is started by Playwright's global setup.");
  const address = JSON.parse(text) as AppAddress;
  return { ...address, provision: (name) => provision(address, name) };
}
