import type { Snapshot } from "../storage/store";
import type { PendingWrites } from "./pending-writes";
import type { ReadLog } from "./read-log";

/** What the queries of a transaction need of it. */
export type StreamContext = { snapshot: Snapshot; pending: PendingWrites; reads: ReadLog };
