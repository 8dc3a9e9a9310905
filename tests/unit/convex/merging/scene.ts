/** One visitor with two conversations, and the functions that a test calls on them. The clock stands still between calls. */
import { expect, vi } from "vitest";
import { api } from "../../../../convex/_generated/api";
import type { Doc, Id, TableNames } from "../../../../convex/_generated/dataModel";
import { sha256Hex } from "../../../../convex/logic/tokens";
import { readErrorCode } from "../../../../lib/errors";
import type { ErrorCode } from "../../../../lib/errors";
import { convexTestApp, seedWorkspace } from "../../../helpers/convex-test";

export const NOW = Date.UTC(2026, 10, 16, 12);
export const visitorKey = `v_${"0".repeat(64)}`;
type ConversationId = Id<"conversations">;

export async function makeScene() {
  const t = convexTestApp({ transactionLimits: true });
  const workspace = await seedWorkspace(t, "acme");
  return new Scene(t, workspace);
}

export class Scene {
  constructor(
    readonly t: ReturnType<typeof convexTestApp>,
    readonly workspace: Awaited<ReturnType<typeof seedWorkspace>>,
  ) {}

  get visitor() {
    return { widgetId: this.workspace.widgetId, visitorKey };
  }

  get ada() {
    return this.workspace.sessionToken;
  }

  /** Lets time pass, so that what follows is later; jobs wait for `settle`. */
  tick(ms = 1_000): void {
    vi.setSystemTime(Date.now() + ms);
  }

  /** Runs all jobs to their end. */
  async settle(): Promise<void> {
    await this.t.finishAllScheduledFunctions(vi.runAllTimers);
  }

  /** A new conversation of the visitor; one that runs is resolved before, or there would be no other. */
  async start(message: string, key = visitorKey): Promise<ConversationId> {
    const running = await this.t.query(api.visitors.resume, { ...this.visitor, visitorKey: key });
    if (running !== null) await this.setStatus(running.conversationId, "resolved");
    this.tick();
    const who = { ...this.visitor, visitorKey: key, name: "Maya", message };
    const { conversationId } = await this.t.mutation(api.visitors.identifyAndStartConversation, who);
    return conversationId;
  }

  async setStatus(conversationId: ConversationId, status: Doc<"conversations">["status"]): Promise<void> {
    await this.t.mutation(api.conversations.setStatus, { sessionToken: this.ada, conversationId, status });
  }

  async say(conversationId: ConversationId, body: string, clientMessageId?: string) {
    this.tick();
    const args = { ...this.visitor, conversationId, body, clientMessageId };
    return await this.t.mutation(api.visitors.sendVisitorMessage, args);
  }

  async answer(conversationId: ConversationId, body: string, { internal = false, as = this.ada } = {}) {
    this.tick();
    return await this.t.mutation(api.messages.send, { sessionToken: as, conversationId, body, internal });
  }

  async merge(conversationId: string, into: string, sessionToken = this.ada): Promise<void> {
    this.tick();
    await this.t.mutation(api.conversations.merge, { sessionToken, conversationId, into });
  }

  async expectRefused(call: Promise<unknown>, code: ErrorCode): Promise<void> {
    expect(await call.then(() => "accepted", readErrorCode)).toBe(code);
  }

  async get(id: ConversationId): Promise<Doc<"conversations">> {
    const row = await this.t.run(({ db }) => db.get("conversations", id));
    if (row === null) throw new Error("The conversation is gone.");
    return row;
  }

  async rows<T extends TableNames>(table: T): Promise<Doc<T>[]> {
    return await this.t.run(({ db }) => db.query(table).collect());
  }

  /** The thread as it is stored, by sequence. */
  async thread(conversationId: ConversationId): Promise<Doc<"messages">[]> {
    const all = (await this.rows("messages")).filter((each) => each.conversationId === conversationId);
    return all.sort((a, b) => a.sequence - b.sequence);
  }

  async bodies(conversationId: ConversationId): Promise<string[]> {
    return (await this.thread(conversationId)).map(({ body }) => body);
  }

  /** Another operator of the workspace, logged in. */
  async colleague(name: string, brandAccess: Doc<"operators">["brandAccess"] = "all") {
    const sessionToken = `session of ${name}`;
    const { workspaceId } = this.workspace;
    const tokenHash = await sha256Hex(sessionToken);
    const operatorId = await this.t.run(async ({ db }) => {
      const id = await db.insert("operators", {
        ...{ workspaceId, email: `${name}@acme.test`, name, role: "agent" as const },
        ...{ brandAccess, passwordHash: "", createdAt: NOW },
      });
      const session = { scope: "session" as const, operatorId: id, workspaceId, tokenHash, createdAt: NOW };
      await db.insert("sessions", { ...session, expiresAt: NOW + 1e10 });
      return id;
    });
    return { sessionToken, operatorId };
  }
}
