/** Evaluates a pushed bundle in threads of its own, made for it and ended after it. Main thread. */
import path from "node:path";
import { Worker } from "node:worker_threads";
import { ANALYSIS_TIME_MS, HEAP_CEILING_MB } from "./limits";
import { newRunClock } from "./run-clock";
import type { AnalysisRequest, AnalysisResult, AnalyzedModule, ModuleEnvironment } from "./types";
import type { FromFunctionWorker, WorkerAnalysis, WorkerSetup } from "./worker-messages";

export async function analyzeBundle(
  request: AnalysisRequest,
  workerDir: string,
  setup: Omit<WorkerSetup, "clock" | "code">,
): Promise<AnalysisResult> {
  const environments = new Set<ModuleEnvironment>(["isolate", ...Object.values(request.modules)]);
  const analyses = await Promise.all(
    [...environments].map((environment) => analyzeIn(environment, request, workerDir, setup)),
  );
  const failed = analyses.find((analysis) => !analysis.ok);
  if (failed !== undefined) return failed;
  const found = analyses.filter((analysis) => analysis.ok);
  const modules: Record<string, AnalyzedModule> = {};
  for (const analysis of found) Object.assign(modules, analysis.modules);
  return {
    ok: true,
    modules,
    definition: found.find(({ definition }) => definition !== null)?.definition ?? null,
    schema: found.find(({ schema }) => schema !== null)?.schema ?? null,
    authProviders: found.flatMap(({ authProviders }) => authProviders),
    // Only the app has modules of another environment.
    components: found[0]?.components ?? {},
  };
}

function analyzeIn(
  environment: ModuleEnvironment,
  request: AnalysisRequest,
  workerDir: string,
  setup: Omit<WorkerSetup, "clock" | "code">,
): Promise<WorkerAnalysis> {
  const worker = new Worker(
    path.join(workerDir, environment === "node" ? "node-worker.js" : "function-worker.js"),
    {
      workerData: { ...setup, code: null, clock: newRunClock() } satisfies WorkerSetup,
      env: environment === "node" ? { ...setup.env } : {},
      execArgv: ["--experimental-vm-modules", "--experimental-import-meta-resolve", "--no-warnings"],
      resourceLimits: { maxOldGenerationSizeMb: HEAP_CEILING_MB },
    },
  );
  return new Promise((resolve) => {
    const finish = (analysis: WorkerAnalysis) => {
      clearTimeout(timer);
      resolve(analysis);
      void worker.terminate();
    };
    const refuse = (message: string) => finish({ ok: false, code: "InvalidModules", message });
    const timer = setTimeout(
      () =>
        refuse(
          `Evaluating the modules took longer than ${ANALYSIS_TIME_MS / 1000} s. Does one of them loop?`,
        ),
      ANALYSIS_TIME_MS,
    );
    worker.on("message", (message: FromFunctionWorker) => {
      if (message.type === "ready") worker.postMessage({ type: "analyze", request });
      else if (message.type === "analysis") finish(message.analysis);
    });
    worker.on("error", (error) => refuse(`Evaluating the modules failed: ${error.message}`));
    worker.on("exit", () => refuse("Evaluating the modules ended the thread."));
  });
}
