/** What an admin has set about the deployment as a whole; kept in `_deployment_state`, one row. */
import * as z from "zod";
import type { Committer } from "../engine/committer";
import type { Transaction } from "../engine/transaction";
import { documents, tableScan } from "./documents";

const TABLE = "_deployment_state";

const stateRow = z.object({
  _id: z.string(),
  isPaused: z.boolean(),
  /** Origins that clients are told, in place of those of the settings. */
  cloudUrl: z.string().nullable(),
  siteUrl: z.string().nullable(),
});
export type DeploymentState = Omit<z.infer<typeof stateRow>, "_id">;

const INITIAL: DeploymentState = { isPaused: false, cloudUrl: null, siteUrl: null };

export class DeploymentStateStore {
  readonly #committer: Committer;

  constructor(committer: Committer) {
    this.#committer = committer;
  }

  get current(): DeploymentState {
    return this.#committer.read((tx) => readRow(tx)) ?? INITIAL;
  }

  /** The state after the change, once that is durable. */
  async update(change: Partial<DeploymentState>): Promise<DeploymentState> {
    const { value } = await this.#committer.execute((tx) => {
      const row = readRow(tx);
      if (row === null) tx.insert(TABLE, { ...INITIAL, ...change });
      else tx.patch(row._id, change);
      return { ...(row ?? INITIAL), ...change };
    });
    return value;
  }
}

function readRow(tx: Transaction): z.infer<typeof stateRow> | null {
  for (const text of documents(tx, tableScan(TABLE))) return stateRow.parse(JSON.parse(text));
  return null;
}
