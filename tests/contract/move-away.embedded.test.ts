/** PraxTalk's own data, moved to another deployment as a person would: export here, deploy and import there. */
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { ConvexHttpClient } from "convex/browser";
import { afterAll, beforeAll, expect, test } from "vitest";
import { api } from "../../convex/_generated/api";
import type { Id } from "../../convex/_generated/dataModel";
import { setEnvironment } from "../helpers/admin";
import {
  convexProject,
  REPOSITORY,
  startBackend,
  type Backend,
  type ConvexProject,
} from "../helpers/embedded";

type Provisioned = { workspaceId: Id<"workspaces">; widgetId: string; sessionToken: string };

let folder: string;
let project: ConvexProject;
let here: Backend;
let there: Backend;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "praxtalk-move-"));
  project = convexProject({});
  for (const name of ["convex", "lib"]) {
    cpSync(path.join(REPOSITORY, name), path.join(project.dir, name), { recursive: true });
  }
  [here, there] = await Promise.all([startBackend(), startBackend()]);
  for (const backend of [here, there]) await setEnvironment(backend, { CLERK_JWT_ISSUER_DOMAIN: "none" });
  await here.push(project.dir);
});
afterAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  project.remove();
  await Promise.all([here.stop(), there.stop()]);
});

/** What an operator sees, by a session that was opened before the move. */
async function shown(backend: Backend, sessionToken: string) {
  const client = new ConvexHttpClient(backend.url, { logger: false });
  const inbox = await client.query(api.conversations.listInbox, { sessionToken });
  const threads = await Promise.all(
    inbox.map(({ _id }) =>
      client.query(api.messages.listByConversation, { sessionToken, conversationId: _id }),
    ),
  );
  return { inbox, threads };
}

test("all of it is there, ids and sessions included, and goes on from there", async () => {
  const owner = { workspace: "Acme", name: "Ada", email: "ada@acme.test", password: "correct horse battery" };
  const made = await here.cli(project.dir, ["run", "setup:provision", JSON.stringify(owner)]);
  expect(made.code, made.output).toBe(0);
  const { widgetId, sessionToken } = JSON.parse(made.stdout) as Provisioned;
  const client = new ConvexHttpClient(here.url, { logger: false });
  const visitor = (n: number) => `v_${String(n).padStart(64, "0")}`;
  for (let n = 0; n < 5; n++) {
    const { conversationId } = await client.mutation(api.visitors.identifyAndStartConversation, {
      widgetId,
      visitorKey: visitor(n),
      name: `Visitor ${n}`,
      message: `Question ${n} — é 😀`,
      clientMessageId: String(n).padStart(32, "0"),
    });
    await client.mutation(api.messages.send, { sessionToken, conversationId, body: `Answer ${n}` });
  }

  const zip = path.join(folder, "praxtalk.zip");
  const exported = await here.cli(project.dir, ["export", "--path", zip, "--include-file-storage"]);
  expect(exported.code, exported.output).toBe(0);
  await there.push(project.dir);
  const imported = await there.cli(project.dir, ["import", zip, "--replace-all", "-y"]);
  expect(imported.code, imported.output).toBe(0);

  const before = await shown(here, sessionToken);
  expect(before.inbox).toHaveLength(5);
  expect(await shown(there, sessionToken)).toEqual(before);

  const moved = new ConvexHttpClient(there.url, { logger: false });
  await moved.mutation(api.visitors.identifyAndStartConversation, {
    widgetId,
    visitorKey: visitor(9),
    name: "Newcomer",
    message: "Still there?",
    clientMessageId: "9".repeat(32),
  });
  expect((await shown(there, sessionToken)).inbox).toHaveLength(6);
  const { email, password } = owner;
  expect((await moved.action(api.auth.login, { email, password })).sessionToken).toMatch(/^[0-9a-f]+$/);
}, 120_000);
