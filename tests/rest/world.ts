/** One deployment with the product's functions, two workspaces, and a key of every kind. */
import { ConvexHttpClient } from "convex/browser";
import { API_KEY_BYTES, formatApiKey } from "../../convex/logic/tokens";
import { setEnvironment } from "../helpers/admin";
import { startBackend } from "../helpers/embedded";
import type { Backend, CliResult, ConvexProject } from "../helpers/embedded";
import { productProject } from "../helpers/product";

/** Deployed beside the product's functions: sets scenes that none of them can. Internal, so an admin's alone. */
const SCENES = `
import { internalMutationGeneric as internalMutation, internalQueryGeneric as internalQuery, makeFunctionReference } from "convex/server";
import { v } from "convex/values";
export const insert = internalMutation({
  args: { table: v.string(), rows: v.array(v.any()) },
  handler: (ctx, { table, rows }) => Promise.all(rows.map((row) => ctx.db.insert(table, row))),
});
export const patch = internalMutation({
  args: { id: v.any(), fields: v.any() },
  handler: (ctx, { id, fields }) => ctx.db.patch(id, fields),
});
export const remove = internalMutation({ args: { id: v.any() }, handler: (ctx, { id }) => ctx.db.delete(id) });
export const rows = internalQuery({ args: { table: v.string() }, handler: (ctx, { table }) => ctx.db.query(table).collect() });
export const snapshot = internalQuery({ args: {}, handler: (ctx) => ctx.meta.getSnapshotTs() });
export const reads = internalQuery({
  args: { run: v.string(), args: v.any() },
  handler: async (ctx, { run, args }) => {
    const { page } = await ctx.runQuery(makeFunctionReference(run), args);
    const { documentsRead } = await ctx.meta.getTransactionMetrics();
    return { rows: page.length, documentsRead: documentsRead.used };
  },
});
`;

export type Answer = { status: number; headers: Headers; body: Record<string, unknown>; text: string };
export type Call = {
  method?: string;
  path: string;
  query?: Record<string, string | number | undefined>;
  body?: unknown;
  rawBody?: string | Uint8Array<ArrayBuffer>;
  key?: string | null;
  headers?: Record<string, string>;
};

export type Provisioned = {
  workspaceId: string;
  operatorId: string;
  brandId: string;
  widgetId: string;
  sessionToken: string;
  apiKey: string;
};

export type KeyFields = {
  scope?: "read" | "write";
  brandId?: string;
  expiresAt?: number;
  revokedAt?: number;
};

export type Tenant = Provisioned & {
  otherBrandId: string;
  otherWidgetId: string;
  key: string; // writes in all brands
  readKey: string;
  brandKey: string; // of brandId alone
  otherBrandKey: string; // of otherBrandId alone
};

export class World {
  readonly #project;
  readonly backend: Backend;
  readonly client: ConvexHttpClient;
  /** Codes of all refusals so far. */
  readonly codes = new Set<string>();

  private constructor(backend: Backend, project: ConvexProject) {
    this.backend = backend;
    this.#project = project;
    this.client = new ConvexHttpClient(backend.url, { logger: false });
  }

  /** `dataDir` of an earlier run starts with its rows. */
  static async start({ dataDir }: { dataDir?: string } = {}): Promise<World> {
    const project = productProject({ "scenes.ts": SCENES });
    // Callers say by X-Forwarded-For from which address they come: those without a key are counted by it.
    const backend = await startBackend({ dataDir, env: { PRAXTALK_TRUSTED_PROXIES: "127.0.0.1" } });
    await setEnvironment(backend, { CLERK_JWT_ISSUER_DOMAIN: "none" });
    await backend.push(project.dir);
    return new World(backend, project);
  }

  async stop(): Promise<void> {
    await this.backend.stop();
    this.#project.remove();
  }

  /** The official CLI on this deployment; its result may be a failure. */
  cli(args: string[]): Promise<CliResult> {
    return this.backend.cli(this.#project.dir, args);
  }

  /** Any function, as `npx convex run` calls it. */
  async admin<Result = never>(name: string, args: Record<string, unknown>): Promise<Result> {
    const response = await fetch(`${this.backend.url}/api/function`, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Convex ${this.backend.adminKey}` },
      body: JSON.stringify({ path: name, format: "convex_encoded_json", args: [args] }),
    });
    const answer = (await response.json()) as { status: string; value: Result };
    if (answer.status !== "success") throw new Error(JSON.stringify(answer));
    return answer.value;
  }

  async insert(table: string, ...rows: Record<string, unknown>[]): Promise<string[]> {
    return await this.admin<string[]>("scenes:insert", { table, rows });
  }

  /** A row of a key that nothing but its own fields limits. */
  async makeKey({ workspaceId, operatorId }: Provisioned, fields: KeyFields = {}): Promise<string> {
    const key = formatApiKey(crypto.getRandomValues(new Uint8Array(API_KEY_BYTES)));
    const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key));
    await this.insert("apiKeys", {
      workspaceId,
      name: "Test",
      prefix: key.slice(0, 16),
      keyHash: Buffer.from(hash).toString("hex"),
      scope: "write",
      createdBy: operatorId,
      createdAt: Date.now(),
      ...fields,
    });
    return key;
  }

  async makeTenant(name: string): Promise<Tenant> {
    const made = await this.admin<Provisioned>("setup:provision", {
      workspace: name,
      name: `${name} Owner`,
      email: `${crypto.randomUUID()}@acme.test`,
      password: "correct horse battery",
    });
    const otherWidgetId = `ws_${crypto.randomUUID().replaceAll("-", "").slice(0, 16)}`;
    const [otherBrandId = ""] = await this.insert("brands", {
      workspaceId: made.workspaceId,
      slug: "second",
      name: `${name} two`,
      widgetId: otherWidgetId,
      primaryColor: "#123456",
      welcomeMessage: "Welcome",
      position: "bl",
      allowedOrigins: [],
      createdAt: Date.now(),
    });
    return {
      ...made,
      otherBrandId,
      otherWidgetId,
      key: await this.makeKey(made),
      readKey: await this.makeKey(made, { scope: "read" }),
      brandKey: await this.makeKey(made, { brandId: made.brandId }),
      otherBrandKey: await this.makeKey(made, { brandId: otherBrandId }),
    };
  }

  /** A request to the API. Callers without a valid key come from an address of their own, unless they say which. */
  async call({
    method = "GET",
    path,
    query = {},
    body,
    rawBody,
    key = null,
    headers = {},
  }: Call): Promise<Answer> {
    const search = new URLSearchParams(
      Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [[name, String(value)]])),
    );
    const suffix = search.size === 0 ? "" : `?${search}`;
    const json = body === undefined ? undefined : JSON.stringify(body);
    const response = await fetch(`${this.backend.siteUrl}/api/v1${path}${suffix}`, {
      method,
      headers: {
        "X-Forwarded-For": randomAddress(),
        ...(key === null ? {} : { Authorization: `Bearer ${key}` }),
        ...(json === undefined ? {} : { "Content-Type": "application/json" }),
        ...headers,
      },
      body: rawBody ?? json,
    });
    const text = await response.text();
    const parsed = text === "" ? {} : (JSON.parse(text) as Record<string, unknown>);
    if (typeof parsed["code"] === "string") this.codes.add(parsed["code"]);
    return { status: response.status, headers: response.headers, body: parsed, text };
  }

  /** A visitor's conversation in a brand, with a first message. */
  async startChat(
    widgetId: string,
    message = "Hello",
  ): Promise<{ conversationId: string; visitorKey: string }> {
    const visitorKey = `v_${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString("hex")}`;
    const response = await fetch(`${this.backend.siteUrl}/widget/start`, {
      method: "POST",
      body: JSON.stringify({
        widgetId,
        visitorKey,
        clientMessageId: crypto.randomUUID(),
        name: "Maya",
        email: "maya@example.com",
        phone: "+442079460958",
        message,
      }),
    });
    const { conversationId } = (await response.json()) as { conversationId: string };
    return { conversationId, visitorKey };
  }
}

export function randomAddress(): string {
  const [a = 0, b = 0, c = 0] = crypto.getRandomValues(new Uint8Array(3));
  return `10.${a}.${b}.${c}`;
}
