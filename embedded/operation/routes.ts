/** Routes for whoever runs this deployment: probes for everybody, metrics for the admin. */
import { json, type Route } from "../http/api";
import type { Health } from "./health";
import type { Metrics } from "./metrics";

export function operationRoutes(health: Health, metrics: Metrics): Route[] {
  const get = (path: string, admin: Route["admin"], handle: Route["handle"]): Route => ({
    method: "GET",
    path,
    admin,
    maxBody: 0,
    handle,
  });
  return [
    // Answers as long as the process does: whoever gets no answer may restart it.
    get("/livez", "none", () => Promise.resolve(json({ ok: true }))),
    get("/readyz", "none", async () => {
      const { isReady, checks } = await health.report();
      return json({ ok: isReady, checks }, isReady ? 200 : 503);
    }),
    get("/metrics", "header", async () => ({
      status: 200,
      contentType: metrics.contentType,
      body: await metrics.text(),
    })),
  ];
}
