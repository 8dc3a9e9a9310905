/** The operations that queries and mutations make and that finish at once: all but calls of other functions. */
import { DatabaseError, type Transaction } from "../engine/transaction";
import type { SerializedQuery } from "../engine/query-types";
import type { FileStore } from "../storage/file-store";
import type { JSONValue, Ts } from "../storage/types";
import { displayPath } from "./path";
import { APP } from "./component-path";
import { existingHandle, functionAddress, type FunctionAddress } from "./function-address";
import type { FunctionHandles } from "./function-handles";
import { cancelJob, publicJobId, schedule } from "./scheduling";
import {
  storageDelete,
  storageGenerateUploadUrl,
  storageGet,
  storageGetMetadata,
  storageGetUrl,
  storageStore,
} from "./storage-syscalls";
import { SyscallArgs, SyscallError } from "./syscall-args";
import type { CodeVersion, Identity } from "./types";
import type { DeploymentInfo, HttpMessage, RunMessage } from "./worker-messages";

/** What an operation may know and note of the function that makes it. */
export type SyscallScope = {
  readonly tx: Transaction;
  readonly request: RunMessage;
  readonly code: CodeVersion;
  readonly handles: FunctionHandles;
  readonly deployment: DeploymentInfo;
  readonly snapshotTs: Ts;
  /** Unix ms of the run. */
  readonly now: number;
  readonly frame: SyscallFrame;
  /** What the run depends on and leaves behind. */
  readonly notes: RunNotes;
  readonly files: FileStore;
};

/** One function of the run: the called one, or one that it calls inside its transaction. */
export type SyscallFrame = {
  path: string;
  component: string;
  kind: "Query" | "Mutation";
  isTop: boolean;
  hasPaginated: boolean;
};

export type RunNotes = {
  identityRead: boolean;
  timeRead: boolean;
  journal: string | null;
  /** Keys of files that the run has stored, also where it has undone that since. */
  storedFiles: string[];
};

type Handler = (scope: SyscallScope, args: SyscallArgs) => string;

const SYNC: Record<string, Handler> = {
  "1.0/queryStream": ({ tx }, args) =>
    `{"queryId":${tx.openQuery(args.value("query") as unknown as SerializedQuery)}}`,
  "1.0/queryCleanup": ({ tx }, args) => String(tx.closeQuery(args.number("queryId"))),
  "1.0/db/normalizeId": ({ tx }, args) =>
    JSON.stringify({ id: tx.normalizeId(args.string("table"), args.string("idString")) }),
  "1.0/getSnapshotTs": ({ snapshotTs, notes }) => {
    // It moves with each commit anywhere, as time does.
    notes.timeRead = true;
    return JSON.stringify(int64(snapshotTs));
  },
  "1.0/componentArgument": ({ frame }) => {
    if (frame.component === APP)
      throw new SyscallError("Component arguments are not available within the app");
    return "{}";
  },
};

const ASYNC: Record<string, Handler> = {
  "1.0/get": ({ tx }, args) =>
    tx.get(args.string("id"), { isSystem: args.boolean("isSystem"), table: args.optionalString("table") }) ??
    "null",
  "1.0/queryStreamNext": ({ tx }, args) => streamNext(tx, args.number("queryId")),
  "1.0/queryPage": queryPage,
  "1.0/count": ({ tx }, args) => String(tx.count(args.string("table"))),
  "1.0/insert": writing(({ tx }, args) =>
    JSON.stringify({ _id: tx.insert(args.string("table"), args.value("value")) }),
  ),
  "1.0/shallowMerge": writing(({ tx }, args) =>
    tx.patch(args.string("id"), args.value("value"), args.optionalString("table")),
  ),
  "1.0/replace": writing(({ tx }, args) =>
    tx.replace(args.string("id"), args.value("value"), args.optionalString("table")),
  ),
  "1.0/remove": writing(({ tx }, args) => tx.remove(args.string("id"), args.optionalString("table"))),
  "1.0/schedule": writing((scope, args) =>
    schedule(scope.tx, scope.code, addressOf(scope, args), args, scope.now),
  ),
  "1.0/cancel_job": writing(({ tx, request }, args) => cancelJob(tx, args, request.scheduledJob?.id ?? null)),
  "1.0/getUserIdentity": ({ request, notes }) => {
    notes.identityRead = true;
    return userIdentity(request.identity);
  },
  "1.0/getTransactionMetrics": ({ tx }) => JSON.stringify(tx.metrics()),
  "1.0/getFunctionMetadata": ({ frame }) =>
    JSON.stringify({ name: displayPath(frame.path), componentPath: frame.component }),
  "1.0/getDeploymentMetadata": ({ deployment }) => deploymentMetadata(deployment),
  "1.0/getRequestMetadata": ({ request, frame }) => {
    if (frame.kind === "Query") throw new SyscallError("Cannot get request metadata in a Query");
    return requestMetadata(request);
  },
  "1.0/createFunctionHandle": createFunctionHandle,
  "1.0/storageGetUrl": ({ tx, deployment }, args) => storageGetUrl(tx, args, deployment.cloudUrl),
  "1.0/storageGetMetadata": ({ tx }, args) => storageGetMetadata(tx, args),
  "1.0/storageGenerateUploadUrl": writing(({ tx, deployment, now, notes }) => {
    notes.timeRead = true;
    return storageGenerateUploadUrl(tx, deployment.cloudUrl, now);
  }),
  "1.0/storageStore": writing(({ tx, files, notes }, args) =>
    storageStore(tx, args, files, (key) => notes.storedFiles.push(key)),
  ),
  "1.0/storageGet": writing(({ tx, files }, args) => storageGet(tx, args, files)),
  "1.0/storageDelete": writing(({ tx }, args) => storageDelete(tx, args)),
  "1.0/auditLog": notSupported("audit logs"),
};

const STREAM_NEXT = "1.0/queryStreamNext";
const STREAM_NEXT_ARGS = /^\{"queryId":(\d+)\}$/;

export function syncSyscall(scope: SyscallScope, op: string, text: string): string {
  const handler = SYNC[op];
  if (handler === undefined) throw new SyscallError(`Unknown operation ${op}`);
  return asSyscallErrors(() => handler(scope, new SyscallArgs(op, text)));
}

/** Result of an operation that user code awaits; it is there at once all the same. */
export function transactionSyscall(scope: SyscallScope, op: string, text: string): string {
  return asSyscallErrors(() => {
    if (op === STREAM_NEXT) {
      // One call for each document of a query: worth not parsing its one field as JSON.
      const match = STREAM_NEXT_ARGS.exec(text);
      if (match !== null) return streamNext(scope.tx, Number(match[1]));
    }
    const handler = ASYNC[op];
    if (handler === undefined) throw new SyscallError(`Unknown async operation ${op}`);
    return handler(scope, new SyscallArgs(op, text));
  });
}

function asSyscallErrors(work: () => string): string {
  try {
    return work();
  } catch (error) {
    if (error instanceof DatabaseError) throw new SyscallError(error.message, error.data);
    throw error;
  }
}

function writing(handler: Handler): Handler {
  return (scope, args) => {
    if (scope.frame.kind === "Query") throw new SyscallError(`Unknown async operation ${args.op}`);
    return handler(scope, args);
  };
}

export function notSupported(what: string): () => never {
  return () => {
    throw new SyscallError(`not supported yet: ${what}`);
  };
}

function addressOf({ frame, code, handles }: SyscallScope, args: SyscallArgs): FunctionAddress {
  return functionAddress(args, frame.component, code, handles);
}

function createFunctionHandle(scope: SyscallScope, args: SyscallArgs): string {
  return JSON.stringify(existingHandle(scope.code, scope.handles, addressOf(scope, args)));
}

function streamNext(tx: Transaction, queryId: number): string {
  const document = tx.next(queryId);
  return document === null ? '{"value":null,"done":true}' : `{"value":${document},"done":false}`;
}

/** A page of the top query keeps its end across re-runs: the journal remembers it. */
function queryPage({ tx, frame, notes, request }: SyscallScope, args: SyscallArgs): string {
  if (frame.hasPaginated) {
    throw new SyscallError(
      "This query or mutation function ran multiple paginated queries. " +
        "Convex only supports a single paginated query in each function.",
    );
  }
  frame.hasPaginated = true;
  // A client keeps the ends of pages, and no client asks a component itself.
  if (frame.component !== APP && !frame.path.startsWith("_system/")) {
    throw new SyscallError("paginate() is only supported in the app.");
  }
  const query = args.value("query") as unknown as SerializedQuery;
  const journaled = frame.isTop && frame.kind === "Query";
  const page = tx.page(query, {
    cursor: args.optionalString("cursor"),
    endCursor: args.optionalString("endCursor") ?? (journaled ? journalEnd(request.journal) : null),
    pageSize: args.number("pageSize"),
    maximumRowsRead: args.optionalNumber("maximumRowsRead"),
    maximumBytesRead: args.optionalNumber("maximumBytesRead"),
  });
  if (journaled) notes.journal = JSON.stringify({ endCursor: page.continueCursor });
  const { isDone, continueCursor, splitCursor, pageStatus } = page;
  const rest = JSON.stringify({ isDone, continueCursor, splitCursor, pageStatus });
  return `{"page":[${page.page.join(",")}],${rest.slice(1)}`;
}

/** A journal comes back from a client: anything but our own form counts as none. */
function journalEnd(journal: string | null): string | null {
  if (journal === null) return null;
  try {
    const parsed = JSON.parse(journal) as { endCursor?: unknown } | null;
    return typeof parsed?.endCursor === "string" ? parsed.endCursor : null;
  } catch {
    return null;
  }
}

/** JSON text of what `ctx.auth.getUserIdentity()` gives. An admin is nobody unless acting as a user. */
export function userIdentity(identity: Identity): string {
  if (identity.kind === "user") return JSON.stringify(identity.claims);
  if (identity.kind === "admin" && identity.actingAs) return JSON.stringify(identity.actingAs);
  return "null";
}

export function deploymentMetadata({ name }: DeploymentInfo): string {
  return JSON.stringify({ name, region: null, class: "s16" });
}

export function requestMetadata({
  callerJob,
  client,
  identity,
  requestId,
  scheduledJob,
}: Pick<RunMessage, "callerJob" | "client" | "requestId" | "scheduledJob"> &
  Pick<HttpMessage, "identity">): string {
  const { ip = null, userAgent = null } = client ?? {};
  const scheduledFunctionId = publicJobId(scheduledJob ?? callerJob);
  const authToken = identity.kind === "user" ? identity.token : null;
  return JSON.stringify({ ip, userAgent, requestId, scheduledFunctionId, authToken });
}

export function int64(value: bigint): JSONValue {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(value);
  return { $integer: bytes.toString("base64") };
}
