/**
 * What the backend's cases need of a deployment, and helpers to set a scene in it. Implemented for convex-test and for
 * the embedded deployment; a case must not know which one it runs on.
 */
import { expect } from "vitest";
import type { FunctionArgs, FunctionReference, FunctionReturnType, WithoutSystemFields } from "convex/server";
import { internal } from "../../../convex/_generated/api";
import type { Doc, Id, TableNames } from "../../../convex/_generated/dataModel";
import { api } from "../../../convex/_generated/api";
import { readErrorCode } from "../../../lib/errors";
import type { ErrorCode } from "../../../lib/errors";

type Public<Type extends "query" | "mutation" | "action"> = FunctionReference<Type, "public">;
type Internal = FunctionReference<"action", "internal">;

export interface Backend {
  /** Public functions as any client calls them. A refusal rejects with an error that carries `data`. */
  query: <F extends Public<"query">>(f: F, args: FunctionArgs<F>) => Promise<FunctionReturnType<F>>;
  mutation: <F extends Public<"mutation">>(f: F, args: FunctionArgs<F>) => Promise<FunctionReturnType<F>>;
  action: <F extends Public<"action">>(f: F, args: FunctionArgs<F>) => Promise<FunctionReturnType<F>>;
  /** Internal actions, as `npx convex run` calls them. */
  runInternalAction: <F extends Internal>(f: F, args: FunctionArgs<F>) => Promise<FunctionReturnType<F>>;
  /** A request to the HTTP routes; `path` begins with a slash. */
  fetch: (path: string, init?: RequestInit) => Promise<Response>;
  /** Rows that no function of the product writes or shows yet. */
  insert: <T extends TableNames>(table: T, row: WithoutSystemFields<Doc<T>>) => Promise<Id<T>>;
  patch: <T extends TableNames>(
    table: T,
    id: Id<T>,
    fields: Partial<WithoutSystemFields<Doc<T>>>,
  ) => Promise<void>;
  /** All rows of a table, oldest first. */
  rows: <T extends TableNames>(table: T) => Promise<Doc<T>[]>;
  /** Subscribes over a websocket; `onRefused` gets the code. Absent where there is none: such cases are skipped. */
  watch?: <F extends Public<"query">>(
    f: F,
    args: FunctionArgs<F>,
    onResult: (result: FunctionReturnType<F>) => void,
    onRefused: (code: ErrorCode | null) => void,
  ) => () => void;
  /** Moves the clock, running what is scheduled until then. */
  advance: (ms: number) => Promise<void>;
  stop: () => Promise<void>;
}

/** A fresh deployment with the product's functions and no rows. */
export type MakeBackend = () => Promise<Backend>;

/** What the deployment's environment says: webhooks may go to this machine, and their attempts follow soon. */
export const ENVIRONMENT = {
  CLERK_JWT_ISSUER_DOMAIN: "none",
  PRAXTALK_WEB_URL: "http://app.test",
  PRAXTALK_SECRET_KEY: Buffer.alloc(32, 7).toString("base64"),
  PRAXTALK_WEBHOOK_ALLOW_CIDRS: "127.0.0.1/32",
  PRAXTALK_WEBHOOK_RETRY_SCHEDULE: "100ms,100ms,100ms,100ms,100ms",
};

export const PASSWORD = "correct horse battery";

export function randomHex(bytes: number): string {
  return Buffer.from(crypto.getRandomValues(new Uint8Array(bytes))).toString("hex");
}

export async function sha256(text: string): Promise<string> {
  return Buffer.from(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text))).toString("hex");
}

export type Workspace = FunctionReturnType<typeof internal.setup.provision> & { email: string };
export type Brand = { brandId: Id<"brands">; widgetId: string };
export type Operator = { operatorId: Id<"operators">; sessionToken: string };
export type Chat = Brand & { visitorKey: string; conversationId: Id<"conversations"> };

/** A workspace of its own, with its owner logged in. */
export async function makeWorkspace(backend: Backend, workspace = "Acme"): Promise<Workspace> {
  const email = `${randomHex(6)}@acme.test`;
  const made = await backend.runInternalAction(internal.setup.provision, {
    workspace,
    name: "Ada Lovelace",
    email,
    password: PASSWORD,
  });
  return { ...made, email };
}

/** Another brand of the workspace: a list filtered by it holds nothing of other cases. */
export async function makeBrand(
  backend: Backend,
  { workspaceId }: Workspace,
  fields: Partial<Doc<"brands">> = {},
): Promise<Brand> {
  const widgetId = `ws_${randomHex(8)}`;
  const brandId = await backend.insert("brands", {
    workspaceId,
    slug: `brand-${randomHex(4)}`,
    name: "Second brand",
    widgetId,
    primaryColor: "#123456",
    welcomeMessage: "Welcome",
    position: "bl",
    allowedOrigins: [],
    createdAt: Date.now(),
    ...fields,
  });
  return { brandId, widgetId };
}

/** Another operator of the workspace, logged in. */
export async function makeOperator(
  backend: Backend,
  { workspaceId }: Workspace,
  fields: Partial<Doc<"operators">> = {},
  sessionEnds = Date.now() + 60 * 60 * 1000,
): Promise<Operator> {
  const operatorId = await backend.insert("operators", {
    workspaceId,
    email: `${randomHex(6)}@acme.test`,
    name: "Grace Hopper",
    role: "agent",
    brandAccess: "all",
    passwordHash: "$scrypt$ln=17,r=8,p=1$AAAA$AAAA",
    createdAt: Date.now(),
    ...fields,
  });
  const sessionToken = randomHex(32);
  await backend.insert("sessions", {
    scope: "session",
    operatorId,
    workspaceId,
    tokenHash: await sha256(sessionToken),
    expiresAt: sessionEnds,
    createdAt: Date.now(),
  });
  return { operatorId, sessionToken };
}

export const newVisitorKey = (): string => `v_${randomHex(32)}`;
export const newClientId = (): string => randomHex(16);

/** A visitor's conversation in the brand, with a first message. */
export async function startChat(
  backend: Backend,
  brand: Brand,
  { message = "Hello", visitorKey = newVisitorKey(), name = "Maya" } = {},
): Promise<Chat> {
  const { conversationId } = await backend.mutation(api.visitors.identifyAndStartConversation, {
    widgetId: brand.widgetId,
    visitorKey,
    name,
    email: "maya@example.com",
    phone: "+442079460958",
    message,
    clientMessageId: newClientId(),
  });
  return { brandId: brand.brandId, widgetId: brand.widgetId, visitorKey, conversationId };
}

/** Asserts that the call is refused with the code. */
export async function expectRefusal(call: Promise<unknown>, code: ErrorCode): Promise<void> {
  const outcome = await call.then(
    (value) => ({ answered: value }),
    (error: unknown) => ({ refused: readErrorCode(error) ?? String(error) }),
  );
  expect(outcome).toEqual({ refused: code });
}

/** The data of the events about one conversation, in the order of the change feed. */
export async function eventsOf(
  backend: Backend,
  conversationId: string,
): Promise<{ type: string; data: Record<string, unknown> }[]> {
  const events = (await backend.rows("events")).filter((event) => event.conversationId === conversationId);
  const order = (event: Doc<"events">): bigint => event.commitTs as bigint;
  return events
    .sort((a, b) => Number(order(a) - order(b)) || a._creationTime - b._creationTime)
    .map(({ type, payload }) => ({ type, data: JSON.parse(payload) as Record<string, unknown> }));
}
