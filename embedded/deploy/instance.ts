/** Who this deployment is: its name and its admin key, made at the first start and kept in the data folder. */
import { randomBytes } from "node:crypto";
import { chmod, readFile, rename, writeFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";

const ADMIN_KEY_FILE = "admin.key";
const INSTANCE_FILE = "instance.json";
/** The key is as good as the whole database: for the owner alone. */
const OWNER_ONLY = 0o600;
const SECRET_BYTES = 32;

const instanceFile = z.object({ name: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/) });

export type Instance = {
  name: string;
  /** `<name>|<secret>`. */
  adminKey: string;
};

/** Reads both files, making what is missing. Throws when one is there but not what this wrote. */
export async function openInstance(dataDir: string): Promise<Instance> {
  const name = await openName(path.join(dataDir, INSTANCE_FILE));
  const adminKey = await openAdminKey(path.join(dataDir, ADMIN_KEY_FILE), name);
  return { name, adminKey };
}

async function openName(file: string): Promise<string> {
  const text = await readIfExists(file);
  if (text !== null) return instanceFile.parse(JSON.parse(text)).name;
  const name = `praxtalk-${randomBytes(4).toString("hex")}`;
  await writeWhole(file, `${JSON.stringify({ name })}\n`);
  return name;
}

async function openAdminKey(file: string, name: string): Promise<string> {
  const text = await readIfExists(file);
  if (text !== null) {
    const key = text.trim();
    const secret = key.slice(name.length + 1);
    if (!key.startsWith(`${name}|`) || secret.length < SECRET_BYTES) {
      throw new Error(`${file} is not the admin key of "${name}": remove the file to get a new key`);
    }
    await chmod(file, OWNER_ONLY);
    return key;
  }
  const key = `${name}|${randomBytes(SECRET_BYTES).toString("hex")}`;
  await writeWhole(file, `${key}\n`);
  return key;
}

/** Whole or not at all, whenever the process dies. */
async function writeWhole(file: string, text: string): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  await writeFile(temporary, text, { mode: OWNER_ONLY, flush: true });
  await rename(temporary, file);
}

async function readIfExists(file: string): Promise<string | null> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw error;
  }
}
