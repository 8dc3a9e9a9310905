/** Routes that cancel scheduled functions. */
import { setImmediate } from "node:timers/promises";
import * as z from "zod";
import type { Committer } from "../engine/committer";
import { ApiError, empty, type ApiRequest, type Route } from "../http/api";
import { parsePath } from "../runtime/path";
import { cancelById } from "../runtime/scheduling";
import { adminRoute, componentName, parsedBody } from "./admin-route";

/** Jobs looked at, or cancelled, in one go; other work has its turn between. */
const PAGE = 500;

const cancelOne = z.object({ id: z.string(), componentId: componentName });
const cancelMany = z.object({
  /** Where the jobs are. */
  componentId: componentName,
  /** Which function they are for; all when there is no path. */
  componentPath: componentName,
  udfPath: z.string().nullish(),
  /** When they are due, ns since 1970: from, and to before. */
  startNextTs: z.number().nullish(),
  endNextTs: z.number().nullish(),
});

const dueJob = z.object({ _id: z.string(), name: z.string(), component: z.string() });

export function jobRoutes(committer: Committer): Route[] {
  const one = async (request: ApiRequest) => {
    const { id, componentId } = await parsedBody(request, (body) => cancelOne.parse(body));
    await committer.execute(
      (tx) => {
        const row = tx.physicalId("_scheduled_functions", id);
        if (row === null)
          throw new ApiError(400, "InvalidArgument", `${id} is no id of a scheduled function.`);
        cancelById(tx, row, Date.now());
      },
      { component: componentId ?? "" },
    );
    return empty();
  };
  const all = async (request: ApiRequest) => {
    await cancelAll(committer, await parsedBody(request, (body) => cancelMany.parse(body)));
    return empty();
  };
  return [adminRoute("POST", "/api/cancel_job", one), adminRoute("POST", "/api/cancel_all_jobs", all)];
}

async function cancelAll(committer: Committer, request: z.infer<typeof cancelMany>): Promise<void> {
  const component = request.componentId ?? "";
  const wanted = wantedFunction(request);
  const source = {
    type: "IndexRange",
    indexName: "_scheduled_jobs.by_due",
    range: dueRange(request),
    order: "asc",
  } as const;
  for (let cursor: string | null = null, isDone = false; !isDone;) {
    const page = committer.read((tx) => tx.page({ source, operators: [] }, { ...PAGE_OPTIONS, cursor }), {
      component,
    });
    const jobs = page.page.map((text) => dueJob.safeParse(JSON.parse(text)).data);
    const ids = jobs.flatMap((job) => (job !== undefined && wanted(job) ? [job._id] : []));
    if (ids.length > 0) {
      const now = Date.now();
      await committer.execute((tx) => ids.forEach((id) => cancelById(tx, id, now)), { component });
    }
    ({ continueCursor: cursor, isDone } = page);
    await setImmediate();
  }
}

const PAGE_OPTIONS = {
  endCursor: null,
  pageSize: PAGE,
  maximumRowsRead: null,
  maximumBytesRead: null,
} as const;

function dueRange({ startNextTs, endNextTs }: z.infer<typeof cancelMany>) {
  const from =
    startNextTs == null
      ? ({ type: "Gt", fieldPath: "nextTs", value: null } as const)
      : ({ type: "Gte", fieldPath: "nextTs", value: startNextTs / 1e6 } as const);
  if (endNextTs == null) return [from];
  return [from, { type: "Lt", fieldPath: "nextTs", value: endNextTs / 1e6 } as const];
}

type JobTarget = Pick<z.infer<typeof dueJob>, "name" | "component">;

function wantedFunction({ udfPath, componentPath }: z.infer<typeof cancelMany>): (job: JobTarget) => boolean {
  if (udfPath == null) return () => true;
  const path = parsePath(udfPath);
  if ("error" in path) {
    throw new ApiError(400, "InvalidUdfPath", "CancelAllJobs requires an optional canonicalized UdfPath");
  }
  return ({ name, component }) => name === path.canonical && component === (componentPath ?? "");
}
