/** The cron jobs that pushed code declares in its `crons.ts`, checked as production checks them. */
import * as z from "zod";
import { CronExpressionError } from "../runtime/cron-expression";
import type { CronSpec } from "../runtime/cron-rows";
import { CronScheduleError, parseSchedule, type CronSchedule } from "../runtime/cron-schedule";
import { parsePath } from "../runtime/path";
import type { AnalyzedModule } from "../runtime/types";
import type { JSONValue } from "../storage/types";
import { DeployError } from "./deploy-error";

/** Bytes of the JSON text of one job's arguments. */
const MAX_ARGS_BYTES = 1024 * 1024;

const exportedCron = z.object({ name: z.string(), args: z.array(z.json()), schedule: z.unknown() });

/** Of one component: `modules` are its own, by path. Throws a DeployError for a job that cannot run. */
export function cronSpecsOf(modules: Record<string, AnalyzedModule>): CronSpec[] {
  const exported = modules["crons.js"]?.cronSpecs ?? {};
  return Object.entries(exported).map(([name, json]) => cronSpec(name, json, modules));
}

function cronSpec(name: string, json: JSONValue, modules: Record<string, AnalyzedModule>): CronSpec {
  const { data: cron } = exportedCron.safeParse(json);
  if (cron === undefined) throw invalid("Invalid JSON");
  if (!/^[ -~]*$/.test(name)) {
    throw invalid(`Invalid cron identifier ${name}: use ASCII letters that are not control characters`);
  }
  const schedule = checkedSchedule(cron.schedule);
  const path = parsePath(cron.name);
  if ("error" in path) throw invalid(path.error);
  const args = JSON.stringify(cron.args);
  const size = Buffer.byteLength(args);
  if (size > MAX_ARGS_BYTES) {
    throw invalid(`Cron job args too large (${size} > maximum size ${MAX_ARGS_BYTES})`);
  }
  const target = modules[path.module]?.functions.find((fn) => fn.name === path.name);
  if (target === undefined) {
    throw invalid(`The cron job '${name}' schedules a function that does not exist: ${path.canonical}`);
  }
  if (target.udfType === "Query") {
    throw invalid(
      `The cron job '${name}' schedules a query function, only actions and mutations can be scheduled: ${path.canonical}`,
    );
  }
  return { name, path: path.canonical, args, schedule };
}

function checkedSchedule(json: unknown): CronSchedule {
  try {
    return parseSchedule(json);
  } catch (error) {
    if (error instanceof CronScheduleError || error instanceof CronExpressionError) {
      throw invalid(error.message);
    }
    throw error;
  }
}

function invalid(text: string): DeployError {
  return new DeployError("InvalidCron", `Hit an error while pushing:\n${text}`);
}
