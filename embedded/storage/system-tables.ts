/**
 * The deployment's own tables. They are ordinary tables whose names begin with `_`: stored, indexed and committed like
 * the user's, hidden from user code. Every component has those with `perComponent`; the root has all.
 * A number is for ever: it is part of stored ids. 512 and below are never used.
 */
export type SystemTable = {
  name: string;
  number: number;
  perComponent: boolean;
  indexes: { name: string; fields: string[] }[];
};

export const SYSTEM_TABLES: readonly SystemTable[] = [
  {
    name: "_scheduled_jobs",
    number: 513,
    perComponent: true,
    indexes: [
      { name: "by_due", fields: ["nextTs"] },
      { name: "by_completed", fields: ["completedTime"] },
    ],
  },
  {
    name: "_file_storage",
    number: 514,
    perComponent: true,
    indexes: [
      { name: "by_storage_id", fields: ["storageId"] },
      { name: "by_storage_key", fields: ["storageKey"] },
    ],
  },
  {
    name: "_environment_variables",
    number: 515,
    perComponent: false,
    indexes: [{ name: "by_name", fields: ["name"] }],
  },
  {
    name: "_session_requests",
    number: 516,
    perComponent: false,
    indexes: [{ name: "by_session", fields: ["sessionId", "requestId"] }],
  },
  { name: "_code_versions", number: 517, perComponent: false, indexes: [] },
  {
    name: "_cron_jobs",
    number: 518,
    perComponent: true,
    indexes: [{ name: "by_due", fields: ["nextTs"] }],
  },
  { name: "_exports", number: 522, perComponent: false, indexes: [] },
  { name: "_snapshot_imports", number: 523, perComponent: false, indexes: [] },
  { name: "_modules", number: 519, perComponent: true, indexes: [{ name: "by_path", fields: ["path"] }] },
  { name: "_components", number: 520, perComponent: false, indexes: [{ name: "by_path", fields: ["path"] }] },
  { name: "_deployment_state", number: 527, perComponent: false, indexes: [] },
  { name: "_auth", number: 528, perComponent: false, indexes: [] },
];

/** Read-only views of system tables that user code may read, under ids with numbers of their own. */
export type VirtualTable = {
  name: string;
  number: number;
  /** System table that it shows, document by document. */
  of: string;
  /** Fields shown besides `_id` and `_creationTime`. */
  fields: readonly string[];
};

export const VIRTUAL_TABLES: readonly VirtualTable[] = [
  {
    name: "_scheduled_functions",
    number: 530,
    of: "_scheduled_jobs",
    fields: ["name", "args", "scheduledTime", "completedTime", "state"],
  },
  { name: "_storage", number: 531, of: "_file_storage", fields: ["sha256", "size", "contentType"] },
];

export const FIRST_USER_TABLE_NUMBER = 10_001;
