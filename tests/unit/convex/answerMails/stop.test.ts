// @vitest-environment node
// Node, not the edge runtime: mail is sent by a "use node" module.
import { expect, it, vi } from "vitest";
import { api } from "../../../../convex/_generated/api";
import { QUIET_MS } from "../../../../convex/model/answerMails";
import { seal } from "../../../../convex/logic/sealing";
import { stopHash } from "../../../../convex/model/mailStops";
import { seedWorkspace } from "../../../helpers/convex-test";
import { textOfMail } from "../../../helpers/mailbox";
import { EMAIL, Scene, expectOneMail, headerOf, makeScene, mailbox, useMailbox, stopPathIn } from "./scene";

useMailbox();

/** One mail has gone out; `path` is its last link. */
async function mailed() {
  const scene = await makeScene();
  const id = await scene.start();
  await scene.answer(id, "Yes, we do.");
  await scene.pass(QUIET_MS);
  const mail = expectOneMail();
  mailbox.mails.length = 0;
  return { scene, id, mail, path: stopPathIn(mail) };
}

const post = (scene: Scene, path: string, body: string) => scene.t.fetch(path, { method: "POST", body });

it("the last link of a mail asks, and one click ends mails to the address, for every brand of the workspace", async () => {
  const { scene, id, mail, path } = await mailed();
  expect(headerOf(mail, "List-Unsubscribe")?.replace(/\s/g, "")).toBe(`<https://site.acme.test${path}>`);
  expect(headerOf(mail, "List-Unsubscribe-Post")).toBe("List-Unsubscribe=One-Click");
  expect(path).not.toContain(EMAIL);

  const asked = await scene.t.fetch(path);
  expect(asked.status).toBe(200);
  expect(asked.headers.get("Content-Security-Policy")).toContain("default-src 'none'");
  expect(asked.headers.get("Referrer-Policy")).toBe("no-referrer");
  expect(await asked.text()).toContain(">No more mails</button>");
  expect(await scene.answersByMail(id)).toBe("on");

  const stopped = await post(scene, path, "List-Unsubscribe=One-Click");
  expect(await stopped.text()).toContain("<h1>No more mails</h1>");
  await post(scene, path, "List-Unsubscribe=One-Click");
  expect(await scene.t.run(({ db }) => db.query("mailStops").collect())).toHaveLength(1);
  expect(await scene.answersByMail(id)).toBe("stopped");

  await scene.t.run(({ db }) => db.patch("brands", scene.workspace.brandId, { widgetId: "ws_old" }));
  const brand = await scene.t.run(async ({ db }) => {
    const { _id, _creationTime, ...first } = (await db.get("brands", scene.workspace.brandId))!;
    return await db.insert("brands", { ...first, slug: "second", widgetId: scene.workspace.widgetId });
  });
  const elsewhere = await scene.start();
  expect((await scene.t.run(({ db }) => db.get("conversations", elsewhere)))?.brandId).toBe(brand);
  await scene.answer(elsewhere, "Hello.");
  await scene.pass(QUIET_MS);
  expect(mailbox.mails).toEqual([]);
  expect(await scene.rows()).toEqual([]);
});

it("who ended mails can have them again", async () => {
  const { scene, id, path } = await mailed();
  const stopped = await post(scene, path, "stop=yes");
  expect(await stopped.text()).toContain('<button name="resume" value="yes">Mail them again</button>');
  expect(await (await post(scene, path, "resume=yes")).text()).toContain("<h1>Stop these mails?</h1>");
  await scene.answer(id, "Hello again.");
  await scene.pass(QUIET_MS);
  expect(textOfMail(expectOneMail())).toContain("Hello again.");
});

it("a link ends mails of its own workspace alone", async () => {
  const { scene, path } = await mailed();
  await post(scene, path, "stop=yes");
  const rival = new Scene(scene.t, await seedWorkspace(scene.t, "rival"));
  await rival.answer(await rival.start(), "Hello.");
  await rival.pass(QUIET_MS);
  const mail = expectOneMail();
  expect(textOfMail(mail)).toContain("rival has answered");
  await post(rival, stopPathIn(mail), "stop=yes");
  // The same address is not to be recognised across workspaces.
  const stops = await scene.t.run(({ db }) => db.query("mailStops").collect());
  expect(new Set(stops.map(({ emailHash }) => emailHash)).size).toBe(2);
});

it("a link that was made up, or sealed for something else, changes nothing", async () => {
  const { scene, id, path } = await mailed();
  const { brandId, workspaceId } = scene.workspace;
  const keys: [Uint8Array<ArrayBuffer>] = [new Uint8Array(32).fill(7)];
  const target = `${brandId} ${await stopHash(workspaceId, EMAIL)}`;
  const other = await seal(target, keys, "something else", new Uint8Array(12));
  const changed = path.replace(/.{6}$/, (end) => (end === "AAAAAA" ? "BBBBBB" : "AAAAAA"));
  for (const wrong of ["/mail/stop", `/mail/stop?token=${encodeURIComponent(other)}`, changed]) {
    expect((await scene.t.fetch(wrong)).status).toBe(404);
    expect((await post(scene, wrong, "stop=yes")).status).toBe(404);
  }
  expect(await scene.answersByMail(id)).toBe("on");
});

it("a brand's name on the page is text and nothing else", async () => {
  const { scene, path } = await mailed();
  await scene.t.run(({ db }) => db.patch("brands", scene.workspace.brandId, { name: "<script>&" }));
  const html = await (await scene.t.fetch(path)).text();
  expect(html).toContain("&lt;script&gt;&amp;");
  expect(html).not.toContain("<script");
});

it("the wish outlives the person, by a hash that does not say who it was", async () => {
  const { scene, id, path } = await mailed();
  await post(scene, path, "stop=yes");
  const { visitorId } = await scene.t.run(async ({ db }) => (await db.get("conversations", id))!);
  await scene.t.mutation(api.erasures.start, { ...scene.operator, visitorIds: [visitorId] });
  await scene.t.finishAllScheduledFunctions(vi.runAllTimers);
  const stops = await scene.t.run(({ db }) => db.query("mailStops").collect());
  expect(stops).toHaveLength(1);
  expect(JSON.stringify(stops)).not.toContain(EMAIL);
  const again = await scene.start();
  await scene.answer(again, "Hello.");
  await scene.pass(QUIET_MS);
  expect(mailbox.mails).toEqual([]);
});
