// @vitest-environment node
// Node, not the edge runtime: mail is sent by a "use node" module.
import { describe, expect, it, vi } from "vitest";
import { api, internal } from "../../../../convex/_generated/api";
import { widgetConfigOf } from "../../../../convex/model/widgets";
import { LATEST_MS, QUIET_MS } from "../../../../convex/model/answerMails";
import { textOfMail } from "../../../helpers/mailbox";
import { EMAIL, FROM, MINUTE, NOW, expectOneMail, headerOf, makeScene, mailbox, useMailbox } from "./scene";

useMailbox();

describe("answers that the visitor does not read", () => {
  it("are one mail, once nothing more has come for a while", async () => {
    const scene = await makeScene();
    const id = await scene.start();
    await scene.t.mutation(api.visitors.setPageData, {
      ...scene.visitor(),
      page: "https://shop.example.test/lamps/oslo?session=hush",
    });
    await scene.answer(id, "Yes, we do.");
    await scene.pass(QUIET_MS - 1);
    await scene.answer(id, "Ask Tomas about the customs.", { internal: true });
    await scene.answer(id, "It takes five days.\nAnd <b>no</b> customs.");
    expect(await scene.jobs()).toHaveLength(1);
    await scene.pass(QUIET_MS - 1);
    expect(mailbox.mails).toEqual([]);
    await scene.pass(1);

    const mail = expectOneMail();
    expect(mail).toMatchObject({ from: "support@acme.test", to: [EMAIL] });
    expect(headerOf(mail, "From")).toBe(FROM);
    expect(headerOf(mail, "Reply-To")).toBe(FROM);
    expect(headerOf(mail, "Subject")).toBe("2 answers from acme");
    expect(headerOf(mail, "Auto-Submitted")).toBe("auto-generated");
    const text = textOfMail(mail);
    expect(text).toContain(
      "Ada:\r\nYes, we do.\r\n\r\nAda:\r\nIt takes five days.\r\nAnd <b>no</b> customs.\r\n",
    );
    expect(text).toMatch(/^https:\/\/shop\.example\.test\/lamps\/oslo\r$/m);
    expect(text).toContain("gave this address in the chat of acme, shop.example.test.");
    expect(mail.raw).toContain("And &lt;b&gt;no&lt;/b&gt; customs.");
    for (const secret of ["hush", "Tomas", "Norway", "Maya", id]) expect(mail.raw).not.toContain(secret);

    const mailed = { to: EMAIL, at: Date.now(), state: "sent" };
    expect((await scene.messages(id)).map(({ mailing }) => mailing)).toEqual([
      undefined,
      mailed,
      undefined,
      mailed,
    ]);
    expect(await scene.rows()).toEqual([]);
    await scene.pass(60 * MINUTE);
    expect(mailbox.mails).toHaveLength(1);
  });

  it("do not wait for an end of the answers for ever", async () => {
    const scene = await makeScene();
    const id = await scene.start();
    for (let at = 0; at < LATEST_MS; at += QUIET_MS - MINUTE) {
      await scene.answer(id, `after ${at / MINUTE} minutes`);
      expect(mailbox.mails).toEqual([]);
      await scene.pass(Math.min(QUIET_MS - MINUTE, LATEST_MS - at));
    }
    const text = textOfMail(expectOneMail());
    for (const minutes of [0, 4, 8, 12]) expect(text).toContain(`after ${minutes} minutes`);
  });

  it("are a new mail each time, with what is new alone", async () => {
    const scene = await makeScene();
    const id = await scene.start();
    await scene.answer(id, "one");
    await scene.pass(QUIET_MS);
    await scene.answer(id, "two");
    await scene.pass(QUIET_MS);
    const [first, second] = mailbox.mails.map(textOfMail);
    expect(mailbox.mails).toHaveLength(2);
    expect(first).toContain("Ada:\r\none\r\n");
    expect(second).toContain("Ada:\r\ntwo\r\n");
    expect(second).not.toContain("one\r\n");
  });

  it("are at most thirty in a mail, the newest, which says that there are more", async () => {
    const scene = await makeScene();
    const id = await scene.start();
    for (let n = 1; n <= 31; n++) await scene.answer(id, `answer ${n}.`);
    await scene.pass(QUIET_MS);
    const text = textOfMail(expectOneMail());
    expect(text).not.toContain("answer 1.");
    expect(text).toContain("answer 2.");
    expect(text).toContain("answer 31.\r\n\r\nEarlier answers are in the chat.");
    await scene.pass(60 * MINUTE);
    expect(mailbox.mails).toHaveLength(1);
  });

  it("name files that are in the chat, and Atlas by the brand", async () => {
    const scene = await makeScene();
    const id = await scene.start();
    await scene.t.run(async ({ db }) => {
      const conversation = (await db.get("conversations", id))!;
      const { workspaceId, brandId, sequence } = conversation;
      const file = { name: "invoice.pdf", type: "application/pdf", size: 1 };
      const uploadId = await db.insert("uploads", { workspaceId, brandId, createdAt: NOW });
      await db.insert("messages", {
        ...{ conversationId: id, workspaceId, brandId, channel: "web_chat", role: "atlas", internal: false },
        ...{ body: "Here it is.", attachments: [{ ...file, uploadId }], sequence: sequence + 1 },
        createdAt: NOW,
      });
      await db.patch("conversations", id, { sequence: sequence + 1 });
    });
    await scene.answer(id, "More tomorrow.");
    await scene.pass(QUIET_MS);
    const text = textOfMail(expectOneMail());
    expect(text).toContain("acme:\r\nHere it is.\r\n[File in the chat: invoice.pdf]\r\n");
  });
});

describe("nothing is mailed", () => {
  it("once the visitor has read it, has written since, or is gone", async () => {
    const scene = await makeScene();
    const id = await scene.start();
    await scene.answer(id, "read");
    await scene.read(id);
    await scene.pass(QUIET_MS);
    await scene.answer(id, "answered");
    await scene.say(id, "Thanks!");
    await scene.pass(QUIET_MS);
    await scene.answer(id, "erased");
    const { visitorId } = await scene.t.run(async ({ db }) => (await db.get("conversations", id))!);
    await scene.t.mutation(api.erasures.start, { ...scene.operator, visitorIds: [visitorId] });
    for (let n = 0; n < 10; n++) await scene.pass(1_000);
    expect(await scene.rows()).toEqual([]);
    await scene.pass(60 * MINUTE);
    expect(mailbox.mails).toEqual([]);
    expect(await scene.rows()).toEqual([]);
  });

  it("of what was read in time: the mail has the rest", async () => {
    const scene = await makeScene();
    const id = await scene.start();
    await scene.answer(id, "read");
    await scene.read(id);
    await scene.answer(id, "unread");
    await scene.pass(QUIET_MS);
    const text = textOfMail(expectOneMail());
    expect(text).toContain("Ada:\r\nunread\r\n");
    expect(text).not.toContain("Ada:\r\nread\r\n");
  });

  it("of what was answered before the address was left, nor without one", async () => {
    const scene = await makeScene();
    const id = await scene.start({ email: null });
    await scene.answer(id, "before");
    expect(await scene.answersByMail(id)).toBeUndefined();
    expect(await scene.jobs()).toEqual([]);
    await scene.pass(60 * MINUTE);
    await scene.t.mutation(api.visitors.leaveEmail, { ...scene.visitor(), email: ` ${EMAIL.toUpperCase()}` });
    expect(await scene.answersByMail(id)).toBe("on");
    await scene.answer(id, "after");
    await scene.pass(QUIET_MS);
    const text = textOfMail(expectOneMail());
    expect(text).toContain("Ada:\r\nafter\r\n");
    expect(text).not.toContain("before");
  });

  it.each(["PRAXTALK_SMTP_URL", "PRAXTALK_SECRET_KEY"])(
    "without %s, and the dashboard says so",
    async (name) => {
      vi.stubEnv(name, "");
      const scene = await makeScene();
      const id = await scene.start();
      await scene.answer(id, "Yes, we do.");
      expect(await scene.jobs()).toEqual([]);
      expect(await scene.rows()).toEqual([]);
      expect(await scene.answersByMail(id)).toBe("no_server");
    },
  );

  it("for a brand that has turned it off, and the dashboard says so", async () => {
    const scene = await makeScene();
    const id = await scene.start();
    await scene.answer(id, "Yes, we do.");
    const { brandId } = scene.workspace;
    await scene.t.mutation(api.brands.update, { ...scene.operator, brandId, mailAnswers: false });
    await scene.pass(60 * MINUTE);
    expect(mailbox.mails).toEqual([]);
    expect(await scene.answersByMail(id)).toBe("brand_off");
    const config = await scene.t.run(async ({ db }) =>
      widgetConfigOf(db, (await db.get("brands", brandId))!, "https://convex.acme.test"),
    );
    expect(config).not.toHaveProperty("mailAnswers");
  });

  it("of another conversation of the same visitor", async () => {
    const scene = await makeScene();
    const old = await scene.start();
    await scene.answer(old, "old");
    await scene.pass(QUIET_MS);
    await scene.setStatus(old, "closed");
    const id = await scene.start();
    await scene.answer(id, "new");
    await scene.pass(QUIET_MS);
    expect(mailbox.mails.map((mail) => textOfMail(mail).includes("old"))).toEqual([true, false]);
  });
});

describe("a mail", () => {
  it("has no header that a name brings along", async () => {
    const scene = await makeScene();
    const evil = "Acme\r\nBcc: eve@x.test\r\n\r\nhi";
    await scene.t.run(async ({ db }) => {
      await db.patch("brands", scene.workspace.brandId, { name: evil });
      await db.patch("operators", scene.workspace.operatorId, { name: evil });
    });
    const id = await scene.start();
    await scene.answer(id, "Yes, we do.");
    await scene.pass(QUIET_MS);
    const mail = expectOneMail();
    expect(mail.to).toEqual([EMAIL]);
    expect(headerOf(mail, "Bcc")).toBeUndefined();
    expect(headerOf(mail, "Subject")).toBe("Acme Bcc: eve@x.test hi has answered you");
  });

  it("links to no page that is not the brand's, where the brand says which are", async () => {
    const scene = await makeScene();
    const id = await scene.start();
    const page = "https://evil.test/login";
    await scene.t.mutation(api.visitors.setPageData, { ...scene.visitor(), page });
    await scene.t.run(({ db }) =>
      db.patch("brands", scene.workspace.brandId, { allowedOrigins: ["https://shop.example.test"] }),
    );
    await scene.answer(id, "Yes, we do.");
    await scene.pass(QUIET_MS);
    expect(expectOneMail().raw).not.toContain("evil.test");
  });

  it("of two conversations that become one is one, with the answers of both", async () => {
    const scene = await makeScene();
    const target = await scene.start();
    await scene.setStatus(target, "resolved");
    await scene.pass(MINUTE);
    const source = await scene.start();
    await scene.answer(source, "one");
    await scene.pass(MINUTE);
    await scene.answer(target, "two");
    await scene.merge(source, target);
    expect(await scene.rows()).toHaveLength(2);
    await scene.pass(60 * MINUTE);
    expect(textOfMail(expectOneMail())).toContain("Ada:\r\none\r\n\r\nAda:\r\ntwo\r\n");
    expect(await scene.rows()).toEqual([]);
  });

  it("waits until the messages of a merge have their places", async () => {
    const scene = await makeScene();
    const targetId = await scene.start();
    await scene.answer(targetId, "one");
    const mergeId = await scene.t.run(async ({ db }) => {
      const { workspaceId, operatorId } = scene.workspace;
      const { _id, _creationTime, ...row } = (await db.get("conversations", targetId))!;
      const sourceId = await db.insert("conversations", { ...row, mergedInto: targetId });
      return await db.insert("conversationMerges", {
        ...{ workspaceId, operatorId, sourceId, targetId, reserved: 2, targetLeft: 2, pageAt: NOW },
        ...{ isVisitorPlaced: false, isAnswerPlaced: false },
      });
    });
    await scene.pass(QUIET_MS);
    expect(mailbox.mails).toEqual([]);
    await scene.t.run(({ db }) => db.delete("conversationMerges", mergeId));
    await scene.pass(MINUTE);
    expect(textOfMail(expectOneMail())).toContain("Ada:\r\none\r\n");
  });

  it("that waits goes along to the conversation that its own is merged into", async () => {
    const scene = await makeScene();
    const target = await scene.start();
    await scene.read(target);
    await scene.setStatus(target, "resolved");
    await scene.pass(MINUTE);
    const source = await scene.start();
    await scene.answer(source, "one");
    await scene.merge(source, target);
    await scene.pass(60 * MINUTE);
    expect(textOfMail(expectOneMail())).toContain("Ada:\r\none\r\n");
    expect((await scene.messages(target)).filter(({ mailing }) => mailing?.state === "sent")).toHaveLength(1);
  });

  it("is not sent of what is told as if it were long ago", async () => {
    const scene = await makeScene();
    const id = await scene.start();
    await scene.pass(QUIET_MS + 1);
    await scene.t.run(async (ctx) => {
      const { awaitReading } = await import("../../../../convex/model/answerMails");
      await awaitReading(ctx, (await ctx.db.get("conversations", id))!, NOW);
    });
    expect(await scene.rows()).toEqual([]);
    await scene.t.mutation(internal.answerMails.sweep, {});
    expect(mailbox.mails).toEqual([]);
  });
});
