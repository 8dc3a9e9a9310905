import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openInstance } from "../../../../embedded/deploy/instance";

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), "praxtalk-instance-"));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));
const modeOf = (file: string) => statSync(path.join(dataDir, file)).mode & 0o777;

test("the first start makes a name and a key that only the owner can read; later ones find them", async () => {
  const first = await openInstance(dataDir);
  expect(first.name).toMatch(/^praxtalk-[0-9a-f]{8}$/);
  expect(first.adminKey).toMatch(new RegExp(`^${first.name}\\|[0-9a-f]{64}$`));
  expect(modeOf("admin.key")).toBe(0o600);
  expect(readdirSync(dataDir).sort()).toEqual(["admin.key", "instance.json"]);
  expect(await openInstance(dataDir)).toEqual(first);
});

test("a key file that others could read is closed to them", async () => {
  await openInstance(dataDir);
  chmodSync(path.join(dataDir, "admin.key"), 0o644);
  await openInstance(dataDir);
  expect(modeOf("admin.key")).toBe(0o600);
});

test("removing the key file changes the key, not the name", async () => {
  const first = await openInstance(dataDir);
  rmSync(path.join(dataDir, "admin.key"));
  const second = await openInstance(dataDir);
  expect(second.name).toBe(first.name);
  expect(second.adminKey).not.toBe(first.adminKey);
});

test.each(["", "praxtalk-00000000|", "other|" + "a".repeat(64)])(
  "the key file %j is refused",
  async (text) => {
    await openInstance(dataDir);
    writeFileSync(path.join(dataDir, "admin.key"), text);
    await expect(openInstance(dataDir)).rejects.toThrow("is not the admin key of");
  },
);
