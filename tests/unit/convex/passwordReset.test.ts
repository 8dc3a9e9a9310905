// @vitest-environment node
// Node, not the edge runtime: passwords are hashed and mail is sent by "use node" modules.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { api, internal } from "../../../convex/_generated/api";
import { readError, readErrorCode } from "../../../lib/errors";
import { RESETS_PER_EMAIL_HOUR, RESET_MINUTES } from "../../../lib/limits";
import { convexTestApp } from "../../helpers/convex-test";
import { startMailbox, textOfMail, type Mail, type Mailbox } from "../../helpers/mailbox";
import { useLongTimers } from "../../helpers/virtual-time";

vi.setConfig({ testTimeout: 60_000 });

const PASSWORD = "correct horse battery";
const NEW_PASSWORD = "a sentence works best";
const EMAIL = "ada@acme.test";
const SECRET_KEY = Buffer.alloc(32, 7).toString("base64");

let mailbox: Mailbox;
let restoreTimers: () => void;
beforeAll(async () => {
  mailbox = await startMailbox();
});
afterAll(() => mailbox.close());

beforeEach(() => {
  restoreTimers = useLongTimers();
  vi.stubEnv("PRAXTALK_SECRET_KEY", SECRET_KEY);
  vi.stubEnv("PRAXTALK_WEB_URL", "https://chat.acme.test");
  vi.stubEnv("PRAXTALK_MAIL_FROM", "Acme <support@acme.test>");
  vi.stubEnv("PRAXTALK_SMTP_URL", mailbox.url);
  mailbox.mails.length = 0;
});
afterEach(() => {
  restoreTimers();
  vi.unstubAllEnvs();
});

async function scene() {
  const t = convexTestApp();
  const owner = await t.action(internal.setup.provision, {
    workspace: "Acme <b>&",
    name: "Ada",
    email: EMAIL,
    password: PASSWORD,
  });
  /** Waits until no mail is to be sent any more. */
  const settled = () =>
    vi.waitFor(
      async () => {
        const jobs = await t.run((ctx) => ctx.db.system.query("_scheduled_functions").collect());
        const mails = jobs.filter(({ name }) => name.startsWith("mail"));
        expect(mails.filter(({ state }) => state.kind !== "success")).toEqual([]);
      },
      { timeout: 20_000 },
    );
  return {
    t,
    owner,
    settled,
    request: async (email: string) => {
      await t.action(api.passwordReset.request, { email });
      await settled();
    },
    lookup: (token: string) => t.query(api.passwordReset.lookup, { token }),
    complete: (token: string, password = NEW_PASSWORD) =>
      t.action(api.passwordReset.complete, { token, password }),
    login: (password: string) => t.action(api.auth.login, { email: EMAIL, password }),
  };
}

/** The token in the newest mail, which must lead to our own pages. */
function tokenIn(mail: Mail | undefined): string {
  const [, token] =
    /^https:\/\/chat\.acme\.test\/reset-password\/(pwr_[0-9a-f]{48})$/m.exec(textOfMail(mail!)) ?? [];
  if (token === undefined) throw new Error(`No link in ${mail?.raw}`);
  return token;
}

describe("a lost password", () => {
  it("is set anew by the link in the mail, once, and every session ends", async () => {
    const { t, owner, request, lookup, complete, login } = await scene();
    await request(` ${EMAIL.toUpperCase()} `);
    const [mail, ...more] = mailbox.mails;
    expect(more).toEqual([]);
    expect(mail).toMatchObject({ from: "support@acme.test", to: [EMAIL] });
    const token = tokenIn(mail);
    expect(mail!.raw).toContain("Content-Type: text/html");
    expect(await lookup(token)).toMatchObject({ email: EMAIL });
    const stored = await t.run(async (ctx) => [
      await ctx.db.query("passwordResets").collect(),
      await ctx.db.system.query("_scheduled_functions").collect(),
    ]);
    expect(JSON.stringify(stored)).not.toContain(token.slice(4));

    expect(await complete(token, "short").then(String, readErrorCode)).toBe("VALIDATION");
    await complete(token);
    expect(await t.query(api.auth.me, { sessionToken: owner.sessionToken })).toBeNull();
    expect(await login(PASSWORD).then(() => "in", readErrorCode)).toBe("INVALID_CREDENTIALS");
    await login(NEW_PASSWORD);
    expect(await lookup(token)).toBeNull();
    expect(await complete(token, "another password").then(String, readErrorCode)).toBe("NOT_FOUND");
  });

  it("is set by the newest link alone, within its time", async () => {
    const { t, request, lookup, complete } = await scene();
    await request(EMAIL);
    await request(EMAIL);
    const [first, second] = mailbox.mails.map(tokenIn);
    expect(await lookup(first!)).toBeNull();
    expect(await complete(first!).then(String, readErrorCode)).toBe("NOT_FOUND");
    await t.run(async (ctx) => {
      const reset = (await ctx.db.query("passwordResets").unique())!;
      expect(reset.expiresAt).toBeGreaterThan(Date.now() + (RESET_MINUTES - 5) * 60_000);
      await ctx.db.patch("passwordResets", reset._id, { expiresAt: Date.now() - 1 });
    });
    expect(await lookup(second!)).toBeNull();
    expect(await complete(second!).then(String, readErrorCode)).toBe("NOT_FOUND");
    await t.mutation(internal.retention.purge, { what: "passwordResets" });
    expect(await t.run((ctx) => ctx.db.query("passwordResets").collect())).toEqual([]);
    for (const nonsense of ["", "pwr_", `pwr_${"0".repeat(48)}`]) {
      expect(await lookup(nonsense)).toBeNull();
      expect(await complete(nonsense).then(String, readErrorCode)).toBe("NOT_FOUND");
    }
  });

  it("tells nobody who has an account: the same answer and limit for every email, and mail for one", async () => {
    const { t, settled } = await scene();
    const ask = (email: string) =>
      t.action(api.passwordReset.request, { email }).then(
        (value) => value,
        (error) => readError(error)?.code,
      );
    const outcomes = async (email: string) => {
      const seen: unknown[] = [];
      for (let i = 0; i <= RESETS_PER_EMAIL_HOUR; i++) seen.push(await ask(email));
      return seen;
    };
    const known = await outcomes(EMAIL);
    expect(await outcomes("nobody@acme.test")).toEqual(known);
    expect(known).toEqual([...Array<null>(RESETS_PER_EMAIL_HOUR).fill(null), "RATE_LIMITED"]);
    await settled();
    expect(new Set(mailbox.mails.flatMap(({ to }) => to))).toEqual(new Set([EMAIL]));
  });

  it("says so where no mail is set up", async () => {
    const { t } = await scene();
    expect(await t.query(api.passwordReset.settings, {})).toEqual({ isMailConfigured: true });
    vi.stubEnv("PRAXTALK_SMTP_URL", "");
    expect(await t.query(api.passwordReset.settings, {})).toEqual({ isMailConfigured: false });
    const asked = t.action(api.passwordReset.request, { email: EMAIL });
    expect(await asked.then(String, readErrorCode)).toBe("NOT_CONFIGURED");
  });

  it("can be set by a link that an owner or admin makes for somebody below them", async () => {
    const { t, owner, lookup, complete } = await scene();
    const member = async (role: "admin" | "agent") =>
      await t.run((ctx) =>
        ctx.db.insert("operators", {
          workspaceId: owner.workspaceId,
          email: `${role}@acme.test`,
          name: role,
          role,
          brandAccess: "all",
          passwordHash: "",
          createdAt: 0,
        }),
      );
    const agent = await member("agent");
    const make = (sessionToken: string, operatorId: string) =>
      t.action(api.operators.makeResetLink, { sessionToken, operatorId });
    const { resetToken, resetLink } = await make(owner.sessionToken, agent);
    expect(resetLink).toBe(`https://chat.acme.test/reset-password/${resetToken}`);
    expect(await lookup(resetToken)).toMatchObject({ email: "agent@acme.test" });
    await complete(resetToken);
    const { sessionToken } = await t.action(api.auth.login, {
      email: "agent@acme.test",
      password: NEW_PASSWORD,
    });
    for (const target of [owner.operatorId, agent, await member("admin")]) {
      expect(await make(sessionToken, target).then(String, readErrorCode)).toBe("FORBIDDEN");
    }
    expect(await make(owner.sessionToken, "nonsense").then(String, readErrorCode)).toBe("NOT_FOUND");
    const actions = await t.run(async (ctx) =>
      (await ctx.db.query("auditLogs").collect()).map((row) => row.action),
    );
    expect(actions).toEqual(expect.arrayContaining(["operator.reset_link_made", "operator.password_reset"]));
  });
});

describe("an invite", () => {
  const send = (t: Awaited<ReturnType<typeof scene>>["t"], sessionToken: string) =>
    t.action(api.invites.send, { sessionToken, email: "grace@acme.test", role: "agent" });

  it("is mailed when a mail server is set up; names in it are text and nothing else", async () => {
    const { t, owner } = await scene();
    const { isMailed, inviteLink } = await send(t, owner.sessionToken);
    expect(isMailed).toBe(true);
    const [mail] = mailbox.mails;
    expect(mail?.to).toEqual(["grace@acme.test"]);
    expect(textOfMail(mail!)).toContain(`Ada invites you to answer the conversations of Acme <b>&.\r\n`);
    expect(textOfMail(mail!)).toContain(inviteLink);
    expect(mail!.raw).toContain("Acme &lt;b&gt;&amp;");
  });

  it.each([
    ["there is no mail server", ""],
    ["the mail server does not let us in", "wrong"],
  ])("is a link to pass on when %s", async (_when, password) => {
    const { t, owner } = await scene();
    const url = new URL(mailbox.url);
    url.password = password;
    vi.stubEnv("PRAXTALK_SMTP_URL", password === "" ? "" : url.href);
    expect(await send(t, owner.sessionToken)).toMatchObject({
      isMailed: false,
      inviteLink: expect.any(String) as string,
    });
    expect(mailbox.mails).toEqual([]);
  });
});
