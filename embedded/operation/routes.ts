/** Routes for whoever runs this deployment: probes for everybody, metrics and backups for the admin. */
import * as z from "zod";
import { ApiError, empty, json, type Route } from "../http/api";
import type { Backup } from "./backup";
import type { Health } from "./health";
import type { Metrics } from "./metrics";

/** As long as the data folder takes to copy; ms. */
const BACKUP_TIMEOUT = 24 * 60 * 60 * 1000;
const backupBody = z.object({ folder: z.string().min(1).max(4096) });

export function operationRoutes(health: Health, metrics: Metrics, backup: Backup): Route[] {
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
    {
      method: "POST",
      path: "/operation/backup",
      admin: "header",
      maxBody: 16 * 1024,
      timeout: BACKUP_TIMEOUT,
      handle: async (request) => {
        const body = backupBody.safeParse(await request.json());
        if (!body.success) throw new ApiError(400, "BadJsonBody", "Expected {folder}, an absolute path.");
        await backup.to(body.data.folder);
        return empty();
      },
    },
  ];
}
