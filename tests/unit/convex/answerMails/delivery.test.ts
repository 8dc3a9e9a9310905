// @vitest-environment node
// Node, not the edge runtime: mail is sent by a "use node" module.
import { describe, expect, it, vi } from "vitest";
import { internal } from "../../../../convex/_generated/api";
import { QUIET_MS, RETRY_MS } from "../../../../convex/model/answerMails";
import { ANSWER_MAILS_BURST, ANSWER_MAILS_PER_EMAIL_DAY } from "../../../../lib/limits";
import { textOfMail } from "../../../helpers/mailbox";
import { EMAIL, MINUTE, expectOneMail, headerOf, makeScene, mailbox, useMailbox } from "./scene";
import type { Scene } from "./scene";

const HOUR = 60 * MINUTE;

useMailbox();

const states = async (scene: Scene, id: Awaited<ReturnType<Scene["start"]>>) =>
  (await scene.messages(id)).flatMap(({ role, mailing }) =>
    role === "operator" ? (mailing?.state ?? null) : [],
  );

/** Claims the mail that waits, and loses the job that was to send it: what a crash leaves behind. */
async function claimAndCrash(scene: Scene) {
  const [row] = await scene.rows();
  await scene.loseJobs();
  vi.setSystemTime(row!.runAt);
  await scene.t.mutation(internal.answerMails.run, { mailId: row!._id, runAt: row!.runAt });
  await scene.loseJobs();
  return { mailId: row!._id, runAt: row!.runAt };
}

async function crashed() {
  const scene = await makeScene();
  const id = await scene.start();
  await scene.answer(id, "Yes, we do.");
  return { scene, id, ...(await claimAndCrash(scene)) };
}

describe("a mail server that does not take it", () => {
  it("is tried again, later each time, and then the thread says that it was not mailed", async () => {
    mailbox.refusals.set(EMAIL, 451);
    const scene = await makeScene();
    const id = await scene.start();
    await scene.answer(id, "Yes, we do.");
    await scene.pass(QUIET_MS);
    for (const delay of RETRY_MS) {
      const [job, ...others] = await scene.jobs();
      expect(others).toEqual([]);
      expect(job?.scheduledTime).toBe(Date.now() + delay);
      expect(await states(scene, id)).toEqual([null]);
      await scene.pass(delay);
    }
    expect(await states(scene, id)).toEqual(["failed"]);
    expect(await scene.rows()).toEqual([]);
    expect(mailbox.mails).toEqual([]);

    mailbox.refusals.clear();
    await scene.answer(id, "Still there?");
    await scene.pass(QUIET_MS);
    const text = textOfMail(expectOneMail());
    expect(text).toContain("Ada:\r\nYes, we do.\r\n\r\nAda:\r\nStill there?\r\n");
    expect(await states(scene, id)).toEqual(["sent", "sent"]);
  });

  it("takes it once it is back, with what was answered meanwhile, unless it was read", async () => {
    mailbox.refusals.set(EMAIL, 451);
    const scene = await makeScene();
    const id = await scene.start();
    await scene.answer(id, "one");
    await scene.pass(QUIET_MS);
    await scene.answer(id, "two");
    expect(await scene.jobs()).toHaveLength(1);
    mailbox.refusals.clear();
    await scene.pass(RETRY_MS[0]);
    expect(textOfMail(expectOneMail())).toContain("Ada:\r\none\r\n\r\nAda:\r\ntwo\r\n");

    mailbox.refusals.set(EMAIL, 451);
    await scene.answer(id, "three");
    await scene.pass(QUIET_MS);
    await scene.read(id);
    mailbox.refusals.clear();
    await scene.pass(RETRY_MS[0]);
    expect(mailbox.mails).toHaveLength(1);
    expect(await scene.rows()).toEqual([]);
  });

  it("for good is not asked twice about an address; one that does not let us in is", async () => {
    mailbox.refusals.set(EMAIL, 550);
    const scene = await makeScene();
    const id = await scene.start();
    await scene.answer(id, "one");
    await scene.pass(QUIET_MS);
    expect(await states(scene, id)).toEqual(["failed"]);
    expect(await scene.jobs()).toEqual([]);

    mailbox.refusals.clear();
    vi.stubEnv("PRAXTALK_SMTP_URL", mailbox.url.replace("s3cret", "wrong"));
    await scene.answer(id, "two");
    await scene.pass(QUIET_MS);
    expect(await scene.jobs()).toHaveLength(1);
    vi.stubEnv("PRAXTALK_SMTP_URL", mailbox.url);
    await scene.pass(RETRY_MS[0]);
    expect(textOfMail(expectOneMail())).toContain("Ada:\r\none\r\n\r\nAda:\r\ntwo\r\n");
  });
});

describe("after a crash", () => {
  it("a mail that nobody has told the outcome of is sent by the sweep's doing, once", async () => {
    const { scene, id, mailId } = await crashed();
    await scene.pass(4 * MINUTE);
    await scene.t.mutation(internal.answerMails.sweep, {});
    expect(await scene.jobs()).toEqual([]);
    await scene.pass(3 * MINUTE);
    await scene.t.action(internal.mail.sendAnswers, { mailId, attempt: 1 });
    expect(mailbox.mails).toEqual([]);
    await scene.t.mutation(internal.answerMails.sweep, {});
    await scene.t.mutation(internal.answerMails.sweep, {});
    expect(await scene.jobs()).toHaveLength(1);
    const comesLate = async () => {
      await scene.t.action(internal.mail.sendAnswers, { mailId, attempt: 1 });
      await scene.t.mutation(internal.answerMails.settle, { mailId, attempt: 1, outcome: "sent" });
      expect(mailbox.mails).toEqual([]);
      expect(await states(scene, id)).toEqual([null]);
    };
    // Whoever held the claim lives after all: before somebody else holds one, and while they do.
    await comesLate();
    await claimAndCrash(scene);
    await comesLate();
    await scene.t.action(internal.mail.sendAnswers, { mailId, attempt: 2 });
    expectOneMail();
    expect(await states(scene, id)).toEqual(["sent"]);
    await scene.t.action(internal.mail.sendAnswers, { mailId, attempt: 2 });
    expect(mailbox.mails).toHaveLength(1);
  });

  it("a mail that waits without its job is taken up by the sweep", async () => {
    const scene = await makeScene();
    const id = await scene.start();
    await scene.answer(id, "Yes, we do.");
    await scene.loseJobs();
    await scene.pass(QUIET_MS);
    await scene.t.mutation(internal.answerMails.sweep, {});
    expect(await scene.jobs()).toEqual([]);
    await scene.pass(2 * MINUTE);
    await scene.t.mutation(internal.answerMails.sweep, {});
    await scene.pass(0);
    expectOneMail();
  });

  it("a job that comes late, when another has claimed its mail, leaves that alone", async () => {
    const { scene, id, mailId, runAt } = await crashed();
    await scene.t.mutation(internal.answerMails.run, { mailId, runAt });
    expect(await scene.jobs()).toEqual([]);
    await scene.t.action(internal.mail.sendAnswers, { mailId, attempt: 1 });
    expectOneMail();
    expect(await states(scene, id)).toEqual(["sent"]);
  });

  it("the same answers have the same id of a mail, by which a mailbox knows a second copy", async () => {
    const { scene, mailId } = await crashed();
    await scene.t.action(internal.mail.sendAnswers, { mailId, attempt: 1 });
    // Its outcome is lost, as when the process dies after the server has taken it.
    await scene.t.run(async ({ db }) => {
      for (const { _id, mailing } of await db.query("messages").collect()) {
        if (mailing !== undefined) await db.patch("messages", _id, { mailing: undefined });
      }
    });
    const [{ conversationId }] = await scene.t.run(async ({ db }) => [(await db.query("messages").first())!]);
    await scene.t.run(async (ctx) => {
      const { awaitReading } = await import("../../../../convex/model/answerMails");
      await awaitReading(ctx, (await ctx.db.get("conversations", conversationId))!, Date.now() - QUIET_MS);
    });
    await scene.pass(1);
    const ids = mailbox.mails.map((mail) => headerOf(mail, "Message-ID"));
    expect(ids).toEqual([ids[0], ids[0]]);
    expect(ids[0]).toMatch(/^<answers\.\S+@acme\.test>$/);
  });

  it("answers that come while a mail is on its way are the next mail", async () => {
    const { scene, id, mailId } = await crashed();
    await scene.answer(id, "later");
    await scene.t.action(internal.mail.sendAnswers, { mailId, attempt: 1 });
    expect(textOfMail(expectOneMail())).not.toContain("later");
    await scene.pass(QUIET_MS);
    expect(mailbox.mails.map((mail) => textOfMail(mail).includes("later"))).toEqual([false, true]);
  });
});

describe("one address", () => {
  it("gets only so many mails; what is answered meanwhile is in the next", async () => {
    const scene = await makeScene();
    const ids = [];
    for (let n = 0; n < ANSWER_MAILS_BURST + 2; n++) {
      ids.push(await scene.start({ visitorKey: `v_${String(n).padStart(64, "0")}` }));
    }
    for (const id of ids) await scene.answer(id, "Yes, we do.");
    await scene.pass(QUIET_MS);
    expect(mailbox.mails).toHaveLength(ANSWER_MAILS_BURST);
    const waiting = await scene.rows();
    expect(waiting).toHaveLength(2);
    await scene.answer(waiting[0]!.conversationId, "And to Sweden.");
    await scene.pass((24 * HOUR) / ANSWER_MAILS_PER_EMAIL_DAY);
    expect(mailbox.mails).toHaveLength(ANSWER_MAILS_BURST + 1);
    await scene.pass(24 * HOUR);
    expect(mailbox.mails).toHaveLength(ANSWER_MAILS_BURST + 2);
    const texts = mailbox.mails.map(textOfMail);
    expect(texts.filter((text) => text.includes("And to Sweden."))).toHaveLength(1);
    expect(await scene.rows()).toEqual([]);
  });
});
