import { startApp } from "./app";
import { publishSharedApp } from "./shared-app";

/** Starts the instance that specs share; what it returns runs after the last spec. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const app = await startApp();
  publishSharedApp(app.address);
  return () => app.dispose();
}
