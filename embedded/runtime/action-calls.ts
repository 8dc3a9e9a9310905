/** What an action asks of the main thread: other functions, and the scheduler. */
import type { Committer } from "../engine/committer";
import { DatabaseError, type Transaction } from "../engine/transaction";
import { wallClock } from "./clock";
import type { Functions } from "./functions";
import { APP } from "./component-path";
import type { FunctionAddress } from "./function-address";
import { cancelJob, jobState, schedule, setJobState } from "./scheduling";
import { SyscallArgs, SyscallError } from "./syscall-args";
import type { Failure, Identity, RunRequest } from "./types";
import type { ActionCall, CallReply } from "./worker-messages";

export type ActionContext = {
  functions: Functions;
  committer: Committer;
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
        return { ok: true, value: await scheduleFrom(args, context) };
      case "1.0/createFunctionHandle":
        return { ok: true, value: JSON.stringify(handleNamed(args, context)) };
      case "1.0/actions/cancel_job":
        return { ok: true, value: await transaction(context, (tx) => cancelJob(tx, args, null)) };
      default:
        return await run(args, context);
    }
  } catch (error) {
    if (error instanceof SyscallError) return { ok: false, message: error.message, data: error.data };
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
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
