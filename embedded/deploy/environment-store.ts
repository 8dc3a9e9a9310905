/** The deployment's environment variables, kept in `_environment_variables`. */
import * as z from "zod";
import type { Committer } from "../engine/committer";
import type { Transaction } from "../engine/transaction";
import { documents, tableScan } from "./documents";
import { applyEnvironmentChanges } from "./environment-variables";
import type { EnvironmentChange } from "./push-request";

const variableRow = z.object({ _id: z.string(), name: z.string(), value: z.string() });

export class EnvironmentStore {
  readonly #committer: Committer;

  constructor(committer: Committer) {
    this.#committer = committer;
  }

  /** All variables that were set, by name; not the built-in ones. */
  all(): Record<string, string> {
    return this.#committer.read((tx) =>
      Object.fromEntries(variableRows(tx).map(({ name, value }) => [name, value])),
    );
  }

  /** Applies all changes or, throwing a DeployError, none. Returns all variables once that is durable. */
  async update(changes: EnvironmentChange[]): Promise<Record<string, string>> {
    const { value } = await this.#committer.execute((tx) => {
      const before = new Map(variableRows(tx).map((row) => [row.name, row]));
      const current = new Map([...before].map(([name, row]) => [name, row.value]));
      const next = applyEnvironmentChanges(current, changes);
      for (const [name, text] of next) {
        const old = before.get(name);
        if (old === undefined) tx.insert("_environment_variables", { name, value: text });
        else if (old.value !== text) tx.replace(old._id, { name, value: text });
      }
      for (const [name, old] of before) if (!next.has(name)) tx.remove(old._id);
      return Object.fromEntries(next);
    });
    return value;
  }
}

function variableRows(tx: Transaction): z.infer<typeof variableRow>[] {
  const texts = [...documents(tx, tableScan("_environment_variables"))];
  return texts.map((text) => variableRow.parse(JSON.parse(text)));
}
