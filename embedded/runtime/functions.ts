/** The main thread's face of the function runtime. Everything above runs functions through this class only. */
import type { Committer } from "../engine/committer";
import type { Store } from "../storage/store";
import type {
  ActionOutcome,
  AnalysisRequest,
  AnalysisResult,
  CodeVersion,
  ExecutionRecord,
  HttpActionOutcome,
  HttpActionRequest,
  MutationOutcome,
  MutationRequest,
  QueryOutcome,
  QueryRequest,
  RunRequest,
} from "./types";

export type FunctionsOptions = {
  store: Store;
  committer: Committer;
  /** Data folder; workers open its database read-only. */
  dataDir: string;
  /** Folder of the built worker entry files. */
  workerDir: string;
  /** Folder from which "use node" modules resolve external packages. */
  projectDir: string;
  deployment: { name: string; cloudUrl: string; siteUrl: string };
  /** Threads for queries and mutations; default max(2, cores). */
  poolSize?: number;
  limits?: { userMs?: number; actionMs?: number; nodeActionMs?: number };
};

export class Functions {
  static start(options: FunctionsOptions): Promise<Functions> {
    return Promise.reject(new Error(`no runtime for ${options.dataDir}`));
  }

  get code(): CodeVersion | null {
    return null;
  }

  /** Runs on the newest snapshot, at `minTs` or later. */
  query(request: QueryRequest): Promise<QueryOutcome> {
    return Promise.reject(new Error(request.path));
  }

  /** Runs and commits; runs again on a conflict (4 times). Resolves once the commit is on disk and visible. */
  mutation(request: MutationRequest): Promise<MutationOutcome> {
    return Promise.reject(new Error(request.path));
  }

  action(request: RunRequest): Promise<ActionOutcome> {
    return Promise.reject(new Error(request.path));
  }

  httpAction(request: HttpActionRequest): Promise<HttpActionOutcome> {
    return Promise.reject(new Error(request.url));
  }

  /** Serves the new code from now on; runs under way finish on the old one. Resolves when fresh workers are ready. */
  setCode(code: CodeVersion, env: Record<string, string>): Promise<void> {
    return Promise.reject(new Error(code.hash + Object.keys(env).length));
  }

  setEnv(env: Record<string, string>): void {
    throw new Error(String(Object.keys(env).length));
  }

  /** Evaluates a bundle in threads of its own; refuses what cannot be deployed. */
  analyze(request: AnalysisRequest, env: Record<string, string>): Promise<AnalysisResult> {
    return Promise.reject(new Error(request.dir + Object.keys(env).length));
  }

  /** Adds a listener; returns the function that removes it. */
  onExecution(listener: (record: ExecutionRecord) => void): () => void {
    return () => void listener;
  }

  /** Waits for runs under way, at most `graceMs`, then ends all workers. */
  stop(graceMs: number): Promise<void> {
    return Promise.reject(new Error(String(graceMs)));
  }
}
