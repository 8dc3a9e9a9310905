/** What an action asks of the main thread: other functions, and the scheduler. */
import { randomUUID } from "node:crypto";
import type { Committer } from "../engine/committer";
import { DatabaseError, type Transaction } from "../engine/transaction";
import { INSERT_FILE, LOOK_UP_FILE } from "./action-storage";
import { wallClock } from "./clock";
import { findFile, insertFile } from "./file-rows";
import type { Functions } from "./functions";
import { APP } from "./component-path";
import type { FunctionAddress } from "./function-address";
import { cancelJob, jobState, schedule, setJobState } from "./scheduling";
import {
  storageDelete,
  storageGenerateUploadUrl,
  storageGetMetadata,
  storageGetUrl,
} from "./storage-syscalls";
import { SyscallArgs, SyscallError } from "./syscall-args";
import type { Failure, Identity, RunRequest } from "./types";
import { VECTOR_SEARCH } from "./vector-search";
import type { ActionCall, CallReply } from "./worker-messages";

export type ActionContext = {
  functions: Functions;
  committer: Committer;
  /** Origin of the API, as clients see it. */
  cloudUrl: string;
  /** The action, or what stands for the HTTP request. */
  request: Omit<RunRequest, "args" | "allowInternal">;
  executionId: string;
};

/** Never rejects. Each query and mutation is a transaction of its own. */
export async function performActionCall(call: ActionCall, context: ActionContext): Promise<CallReply> {
  try {
    const args = new SyscallArgs(call.op, call.args);
    switch (call.op) {
      case "1.0/actions/schedule":
        return ok(await scheduleFrom(args, context));
      case "1.0/createFunctionHandle":
        return ok(JSON.stringify(handleNamed(args, context)));
      case "1.0/actions/cancel_job":
        return ok(await transaction(context, (tx) => cancelJob(tx, args, null)));
      case VECTOR_SEARCH:
        return ok(String(context.committer.visibleTs));
      case "1.0/storageGetUrl":
        return ok(await transaction(context, (tx) => storageGetUrl(tx, args, context.cloudUrl)));
      case "1.0/storageGetMetadata":
        return ok(await transaction(context, (tx) => storageGetMetadata(tx, args)));
      case "1.0/storageDelete":
        return ok(await transaction(context, (tx) => storageDelete(tx, args)));
      case "1.0/storageGenerateUploadUrl":
        return ok(
          await transaction(context, (tx) => storageGenerateUploadUrl(tx, context.cloudUrl, wallClock())),
        );
      case INSERT_FILE:
        return ok(await transaction(context, (tx) => insert(tx, args)));
      case LOOK_UP_FILE:
        return ok(await transaction(context, (tx) => lookUp(tx, args)));
      default:
        return await run(args, context);
    }
  } catch (error) {
    if (error instanceof SyscallError) return { ok: false, message: error.message, data: error.data };
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

function ok(value: string): CallReply {
  return { ok: true, value };
}

/** The row of a file that the action's thread has written. */
function insert(tx: Transaction, args: SyscallArgs): string {
  const file = { key: args.string("key"), size: args.number("size"), sha256: args.string("sha256") };
  return JSON.stringify(insertFile(tx, file, randomUUID(), args.optionalString("contentType")));
}

function lookUp(tx: Transaction, args: SyscallArgs): string {
  const file = findFile(tx, args.string("storageId"));
  return JSON.stringify(
    file === null ? null : { key: file.storageKey, contentType: file.contentType ?? null },
  );
}

async function run(args: SyscallArgs, context: ActionContext): Promise<CallReply> {
  const { functions, request } = context;
  const address = functions.addressOf(args, request.component);
  const inner: RunRequest = {
    ...address,
    args: JSON.stringify([args.value("args")]),
    identity: identityInside(context, address),
    caller: "Action",
    requestId: request.requestId,
    allowInternal: true,
    client: request.client,
    callerJob: request.scheduledJob ?? request.callerJob,
    parentExecutionId: context.executionId,
  };
  switch (args.op) {
    case "1.0/actions/query":
      return reply(await functions.query(inner));
    case "1.0/actions/mutation":
      return reply(await functions.mutation(inner));
    case "1.0/actions/action":
      return reply(await functions.action(inner));
    default:
      throw new SyscallError(`Unknown async operation ${args.op}`);
  }
}

/** A component is not told who the app's user is; an admin is one everywhere. */
function identityInside({ request }: ActionContext, { component }: FunctionAddress): Identity {
  const isWithinApp = request.component === APP && component === APP;
  return isWithinApp || request.identity.kind === "admin" ? request.identity : { kind: "none" };
}

function handleNamed(args: SyscallArgs, { functions, request }: ActionContext): string {
  return functions.handleOf(functions.addressOf(args, request.component));
}

function reply(outcome: { ok: true; value: string } | { ok: false; failure: Failure }): CallReply {
  if (outcome.ok) return { ok: true, value: outcome.value };
  const { failure } = outcome;
  const message = failure.message.trimEnd();
  return failure.kind === "function" ? { ok: false, message, data: failure.data } : { ok: false, message };
}

/** What a canceled action schedules is canceled from the start. */
function scheduleFrom(args: SyscallArgs, context: ActionContext): Promise<string> {
  const { functions, request } = context;
  const { code } = functions;
  if (code === null) throw new SyscallError("No code is deployed.");
  const address = functions.addressOf(args, request.component);
  return transaction(context, (tx) => {
    const id = schedule(tx, code, address, args, wallClock());
    const parent = context.request.scheduledJob;
    if (parent !== undefined && jobState(tx.in(parent.component), parent.id) === "canceled") {
      const row = tx.physicalId("_scheduled_functions", JSON.parse(id) as string);
      if (row !== null) setJobState(tx, row, { kind: "canceled" }, wallClock());
    }
    return id;
  });
}

async function transaction<T>(
  { committer, request }: ActionContext,
  body: (tx: Transaction) => T,
): Promise<T> {
  try {
    return (await committer.execute(body, { component: request.component })).value;
  } catch (error) {
    if (error instanceof DatabaseError) throw new SyscallError(error.message, error.data);
    throw error;
  }
}
