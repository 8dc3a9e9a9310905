/** A brand with knowledge, a visitor who asks, and a run under way whose end a test chooses. */
import { vi } from "vitest";
import { api, internal } from "../../../../convex/_generated/api";
import type { Doc, Id } from "../../../../convex/_generated/dataModel";
import type { RunResult } from "../../../../convex/model/atlasRuns";
import type { AtlasMode, AtlasPassage } from "../../../../convex/validators/atlas";
import { convexTestApp } from "../../../helpers/convex-test";

export const RETURNS =
  "You can return anything within 30 days. Returns are free, and the label is in the parcel. Write to returns@kettle.test with questions.";
export const SECRET_NOTE = "The visitor is a known fraudster called Maurice.";
/** Later than any job that a message schedules, earlier than any that a run does. */
const TURN_MS = 1_500;

export async function makeScene(mode: AtlasMode = "answer") {
  const t = convexTestApp();
  const ids = await t.run(async (ctx) => {
    const workspaceId = await ctx.db.insert("workspaces", {
      slug: "kettle",
      name: "Kettle Row",
      plan: "spark",
      createdAt: 0,
    });
    const brandOf = async (name: string) =>
      await ctx.db.insert("brands", {
        workspaceId,
        slug: name.toLowerCase(),
        name,
        widgetId: `ws_${name.toLowerCase()}`,
        primaryColor: "#123456",
        welcomeMessage: "",
        position: "br",
        allowedOrigins: [],
        createdAt: 0,
      });
    const brandId = await brandOf("Kettle");
    const otherBrandId = await brandOf("Teapot");
    const operatorId = await ctx.db.insert("operators", {
      workspaceId,
      email: "ada@kettle.test",
      name: "Ada",
      role: "owner",
      brandAccess: "all",
      passwordHash: "",
      createdAt: 0,
    });
    await ctx.db.insert("atlasBrands", { workspaceId, brandId, mode, threshold: 0.7, instructions: "" });
    return { workspaceId, brandId, otherBrandId, operatorId };
  });
  const scene = new Scene(t, ids);
  await scene.know("Returns", RETURNS);
  return scene;
}

type Ids = {
  workspaceId: Id<"workspaces">;
  brandId: Id<"brands">;
  otherBrandId: Id<"brands">;
  operatorId: Id<"operators">;
};

export class Scene {
  readonly visitorKey = `v_${"ab".repeat(32)}`;
  readonly passages: AtlasPassage[] = [];
  conversationId!: Id<"conversations">;

  constructor(
    readonly t: ReturnType<typeof convexTestApp>,
    readonly ids: Ids,
  ) {}

  /** A source with one passage, as indexing leaves it. */
  async know(title: string, text: string, brandId = this.ids.brandId): Promise<AtlasPassage> {
    const { workspaceId } = this.ids;
    const passage = await this.t.run(async (ctx) => {
      const source = { workspaceId, brandId, kind: "article" as const, title, status: "indexed" as const };
      const sourceId = await ctx.db.insert("knowledgeSources", {
        ...source,
        version: 1,
        chunkCount: 1,
        characters: text.length,
        createdAt: 0,
        updatedAt: 0,
      });
      const chunk = { heading: title, text, words: `${title}\n${text}` };
      const of = { workspaceId, brandId, sourceId, version: 1, ordinal: 0 };
      const chunkId = await ctx.db.insert("knowledgeChunks", { ...of, ...chunk });
      return { chunkId, sourceId, title, url: null, heading: title, text, strength: 0.95, cited: false };
    });
    this.passages.push(passage);
    return passage;
  }

  async say(body: string): Promise<void> {
    const key = { widgetId: "ws_kettle", visitorKey: this.visitorKey };
    if (this.conversationId === undefined) {
      const started = await this.t.mutation(api.visitors.identifyAndStartConversation, {
        ...key,
        name: "Maya",
        message: body,
      });
      this.conversationId = started.conversationId;
    } else {
      const { conversationId } = this;
      await this.t.mutation(api.visitors.sendVisitorMessage, { ...key, conversationId, body });
    }
  }

  async askForHuman(): Promise<void> {
    const key = { widgetId: "ws_kettle", visitorKey: this.visitorKey };
    await this.t.mutation(api.visitors.requestHumanAgent, { ...key, conversationId: this.conversationId });
  }

  /** The operator's session token. */
  async login(): Promise<string> {
    const token = "ab".repeat(32);
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(token));
    const tokenHash = Buffer.from(digest).toString("hex");
    await this.t.run(async (ctx) => {
      const known = await ctx.db
        .query("sessions")
        .withIndex("by_token_hash", (q) => q.eq("tokenHash", tokenHash))
        .first();
      if (known !== null) return;
      const { operatorId, workspaceId } = this.ids;
      const session = { scope: "session" as const, operatorId, workspaceId, tokenHash };
      await ctx.db.insert("sessions", { ...session, expiresAt: Date.now() + 1e9, createdAt: 0 });
    });
    return token;
  }

  /** What an operator sends, through the function that the dashboard calls. */
  async answer(body: string, { internal: isNote = false } = {}): Promise<void> {
    const sessionToken = await this.login();
    const { conversationId } = this;
    await this.t.mutation(api.messages.send, { sessionToken, conversationId, body, internal: isNote });
  }

  /** The visitor's turn ends; its run begins, and its action is left to the test. */
  async begin(): Promise<Doc<"atlasRuns"> | null> {
    const conversation = await this.conversation();
    await this.t.mutation(internal.atlasRuns.beginTurn, {
      conversationId: this.conversationId,
      sequence: conversation.visitorSequence,
    });
    return await this.run();
  }

  async run(): Promise<Doc<"atlasRuns"> | null> {
    return (await this.runs()).at(-1) ?? null;
  }

  async runs(): Promise<Doc<"atlasRuns">[]> {
    return await this.t.run((ctx) => ctx.db.query("atlasRuns").collect());
  }

  async finish(result: Partial<RunResult> = {}): Promise<Doc<"atlasRuns">> {
    const run = await this.run();
    if (run === null) throw new Error("No run is under way.");
    await this.t.mutation(internal.atlasRuns.finish, {
      runId: run._id,
      result: {
        answer: "You can return anything within 30 days, and returns are free. [1]",
        passages: this.passages,
        retrieval: 0.95,
        reason: null,
        error: null,
        model: "test",
        inputTokens: 100,
        outputTokens: 20,
        cost: null,
        ...result,
      },
    });
    return (await this.t.run((ctx) => ctx.db.get("atlasRuns", run._id)))!;
  }

  async conversation(): Promise<Doc<"conversations">> {
    return (await this.t.run((ctx) => ctx.db.get("conversations", this.conversationId)))!;
  }

  /** What Atlas has posted, oldest first. */
  async posts(): Promise<string[]> {
    const messages = await this.t.run((ctx) => ctx.db.query("messages").collect());
    return messages.filter(({ role }) => role === "atlas").map(({ body }) => body);
  }

  /** Lets the visitor's turn end by the clock. */
  async passTurn(): Promise<void> {
    await vi.advanceTimersByTimeAsync(TURN_MS + 1);
  }
}
