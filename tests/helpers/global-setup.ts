import { startApp } from "./app";
import { publishSharedApp } from "./shared-app";

/** Webhooks and models may be on this machine; no webhook is tried again by itself while a test looks on. */
const env = {
  PRAXTALK_WEBHOOK_ALLOW_CIDRS: "127.0.0.1/32",
  PRAXTALK_MODEL_ALLOW_CIDRS: "127.0.0.1/32",
  PRAXTALK_WEBHOOK_RETRY_SCHEDULE: "10m,10m,10m,1h,6h",
};

/** Starts the instance that specs share; what it returns runs after the last spec. */
export default async function globalSetup(): Promise<() => Promise<void>> {
  const app = await startApp({ env });
  publishSharedApp(app.address);
  return () => app.dispose();
}
