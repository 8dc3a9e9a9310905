/** A visitor who left an address, an operator who answers, and a real mail server. Time is virtual. */
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from "vitest";
import { api } from "../../../../convex/_generated/api";
import type { Id } from "../../../../convex/_generated/dataModel";
import { convexTestApp, loadModules, seedWorkspace } from "../../../helpers/convex-test";
import { startMailbox, textOfMail, type Mail, type Mailbox } from "../../../helpers/mailbox";

export const MINUTE = 60_000;
export const NOW = Date.UTC(2026, 10, 16, 12);
export const EMAIL = "maya@example.test";
export const FROM = "Acme <support@acme.test>";
const KEY = `v_${"0".repeat(64)}`;

/** Of the file that uses it. */
export let mailbox: Mailbox;

/** Starts the file's mail server: each test finds mail set up, and nothing in the mailbox. */
export function useMailbox(): void {
  beforeAll(async () => {
    mailbox = await startMailbox();
  });
  afterAll(() => mailbox.close());
  beforeEach(() => {
    setUpMail(mailbox.url);
    mailbox.mails.length = 0;
    mailbox.refusals.clear();
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
  });
}

function setUpMail(url: string): void {
  vi.stubEnv("PRAXTALK_SECRET_KEY", Buffer.alloc(32, 7).toString("base64"));
  vi.stubEnv("PRAXTALK_MAIL_FROM", FROM);
  vi.stubEnv("PRAXTALK_SMTP_URL", url);
  vi.stubEnv("CONVEX_SITE_URL", "https://site.acme.test");
}

export async function makeScene(slug = "acme") {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"], now: NOW });
  await loadModules("answerMails", "mail", "messages", "visitors");
  const t = convexTestApp({ transactionLimits: true });
  return new Scene(t, await seedWorkspace(t, slug));
}

export class Scene {
  constructor(
    readonly t: ReturnType<typeof convexTestApp>,
    readonly workspace: Awaited<ReturnType<typeof seedWorkspace>>,
  ) {}

  get operator() {
    return { sessionToken: this.workspace.sessionToken };
  }

  visitor(visitorKey = KEY) {
    return { widgetId: this.workspace.widgetId, visitorKey };
  }

  /** A conversation that the visitor has begun; `email` null: without an address. */
  async start({
    email = EMAIL,
    visitorKey = KEY,
  }: { email?: string | null; visitorKey?: string } = {}): Promise<Id<"conversations">> {
    const { conversationId } = await this.t.mutation(api.visitors.identifyAndStartConversation, {
      ...this.visitor(visitorKey),
      name: "Maya",
      ...(email !== null && { email }),
      message: "Do you ship to Norway?",
    });
    return conversationId;
  }

  async answer(conversationId: Id<"conversations">, body: string, { internal = false } = {}) {
    const args = { ...this.operator, conversationId, body, internal };
    return await this.t.mutation(api.messages.send, args);
  }

  async say(conversationId: Id<"conversations">, body: string): Promise<void> {
    await this.t.mutation(api.visitors.sendVisitorMessage, { ...this.visitor(), conversationId, body });
  }

  async setStatus(conversationId: Id<"conversations">, status: "resolved" | "closed"): Promise<void> {
    await this.t.mutation(api.conversations.setStatus, { ...this.operator, conversationId, status });
  }

  async merge(conversationId: Id<"conversations">, into: Id<"conversations">): Promise<void> {
    await this.t.mutation(api.conversations.merge, { ...this.operator, conversationId, into });
  }

  /** The visitor reads everything that is there. */
  async read(conversationId: Id<"conversations">): Promise<void> {
    await this.t.mutation(api.visitors.markRead, { ...this.visitor(), conversationId, sequence: 10_000 });
  }

  async messages(conversationId: Id<"conversations">) {
    return await this.t.query(api.messages.listByConversation, { ...this.operator, conversationId });
  }

  /** What the dashboard says of the visitor's address. */
  async answersByMail(conversationId: Id<"conversations">) {
    const detail = await this.t.query(api.conversations.getById, { ...this.operator, conversationId });
    return detail?.visitor?.answersByMail;
  }

  async rows() {
    return await this.t.run(({ db }) => db.query("answerMails").collect());
  }

  async jobs() {
    const jobs = await this.t.run(({ db }) => db.system.query("_scheduled_functions").collect());
    return jobs.filter(({ name, state }) => /^(?:answerMails|mail)[:.]/.test(name) && isWaiting(state.kind));
  }

  /** What a crash leaves behind: rows whose jobs are gone. */
  async loseJobs(): Promise<void> {
    const jobs = await this.jobs();
    await this.t.run(async ({ scheduler }) => {
      for (const { _id } of jobs) await scheduler.cancel(_id);
    });
  }

  /** Lets time pass, and what is due then run to its end: the mail server has answered before this returns. */
  async pass(ms: number): Promise<void> {
    const end = Date.now() + ms;
    let at = -1;
    for (;;) {
      const waiting = (await this.jobs()).map(({ scheduledTime }) => scheduledTime);
      const next = Math.min(end, ...waiting);
      // A job's time in seconds may be a breath later than in milliseconds: then it is still there, and gets one more.
      await vi.advanceTimersByTimeAsync(next <= at ? 1 : Math.max(0, next - Date.now()));
      at = next;
      await this.t.finishInProgressScheduledFunctions();
      if ((await this.jobs()).every(({ scheduledTime }) => scheduledTime > end)) break;
    }
    await vi.advanceTimersByTimeAsync(Math.max(0, end - Date.now()));
  }
}

const isWaiting = (kind: string): boolean => kind === "pending" || kind === "inProgress";

export const headerOf = ({ raw }: Mail, name: string): string | undefined =>
  new RegExp(`^${name}: ?(.*(?:\\r\\n[ \\t].*)*)`, "im")
    .exec(raw.slice(0, raw.indexOf("\r\n\r\n")))?.[1]
    ?.replace(/\r\n[ \t]+/g, " ")
    .trim();

/** The link in the mail's text that ends these mails, as a path of the deployment. */
export function stopPathIn(mail: Mail | undefined): string {
  const [, path] = /^https:\/\/site\.acme\.test(\/mail\/stop\?token=\S+)\r?$/m.exec(textOfMail(mail!)) ?? [];
  if (path === undefined) throw new Error(`No link in ${mail?.raw}`);
  return path;
}

export const expectOneMail = (): Mail => {
  expect(mailbox.mails).toHaveLength(1);
  return mailbox.mails[0]!;
};
