// One running deployment, and what is done to it with its admin key: environment variables, and pushes of convex/.
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runCli } from "./cli.mjs";
import { fingerprint } from "./fingerprint.mjs";
import { Refusal, say } from "./run.mjs";
import { DEPLOYMENT_VARIABLES } from "./settings.mjs";

/** What the code of a deployment is made of. */
const codeSources = ["convex", "convex.json", "lib", "package-lock.json"];

export class Deployment {
  /**
   * url: where this process reaches the deployment; adminKey: full access to it; stampFile: remembers the last push;
   * cliEnv: how the official CLI finds it, as environment variables.
   */
  constructor({ url, adminKey, stampFile, cliEnv }) {
    Object.assign(this, { url, adminKey, stampFile, cliEnv });
  }

  /** Copies the declared variables there, removes what is unset here, and makes the secret key the first time. */
  async setEnvironment(values) {
    await this.secret("PRAXTALK_SECRET_KEY");
    const current = await this.#environment();
    const wanted = DEPLOYMENT_VARIABLES.map((name) => ({ name, value: values[name] ?? null }));
    await this.#change(wanted.filter(({ name, value }) => (current.get(name) ?? null) !== value));
  }

  /** A secret that the deployment's environment keeps under this name: 32 random bytes as text, made the first time. */
  async secret(name, encoding = "base64") {
    const known = (await this.#environment()).get(name);
    if (known) return known;
    const value = randomBytes(32).toString(encoding);
    await this.#change([{ name, value }]);
    return value;
  }

  /** Pushes convex/ with the official CLI, unless this deployment runs exactly this code already. */
  async pushIfStale() {
    const sources = fingerprint(codeSources);
    // auth.config.ts is evaluated at a push, with the issuer of that moment.
    const issuer = (await this.#environment()).get("CLERK_JWT_ISSUER_DOMAIN");
    const stamp = this.#readStamp();
    if (
      stamp?.sources === sources &&
      stamp.issuer === issuer &&
      stamp.deployed === (await this.#deployedHash())
    )
      return;
    say("Pushing convex/…");
    await this.push();
    mkdirSync(path.dirname(this.stampFile), { recursive: true });
    writeFileSync(this.stampFile, JSON.stringify({ sources, issuer, deployed: await this.#deployedHash() }));
  }

  /**
   * `convex deploy`; quiet unless it fails. Writes no file: the generated ones are committed. Types are checked where the
   * code is written, by npm run dev and npm test: here they would double the wait of whoever only starts it.
   */
  async push() {
    const args = ["deploy", "--yes", "--codegen", "disable", "--typecheck", "disable"];
    const { code, output } = await runCli(args, this.cliEnv);
    if (code !== 0)
      throw new Refusal(
        `${output.trimEnd()}\nconvex/ could not be pushed: the official CLI's message is above.`,
      );
  }

  /** A hash of what the deployment itself says that it runs: someone else may have pushed since our last push. */
  async #deployedHash() {
    const { moduleHashes } = await this.#post("/api/get_config_hashes", {
      version: "1.0.0",
      adminKey: this.adminKey,
    });
    return createHash("sha256").update(JSON.stringify(moduleHashes)).digest("hex");
  }

  #readStamp() {
    try {
      return JSON.parse(readFileSync(this.stampFile, "utf8"));
    } catch {
      return null; // absent or cut short: then we push
    }
  }

  /** Whether there is no workspace yet. The code must be pushed. */
  async needsSetup() {
    return (await this.#query("setup:status")).needsSetup;
  }

  async #environment() {
    const rows = await this.#query("_system/cli/queryEnvironmentVariables");
    return new Map(rows.map((row) => [row.name, row.value]));
  }

  async #change(changes) {
    if (changes.length > 0) await this.#post("/api/update_environment_variables", { changes });
  }

  async #query(path) {
    const body = { path, format: "convex_encoded_json", args: [{}] };
    const answer = await this.#post("/api/query", body);
    if (answer.status !== "success")
      throw new Error(`The deployment refused ${path}: ${answer.errorMessage}`);
    return answer.value;
  }

  async #post(route, body) {
    const response = await fetch(this.url + route, {
      method: "POST",
      headers: { "Content-Type": "application/json", Authorization: `Convex ${this.adminKey}` },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`The deployment answered ${response.status} to ${route}: ${text}`);
    return text === "" ? null : JSON.parse(text);
  }
}
