"use client";

import type { FunctionReturnType } from "convex/server";
import { api } from "@/convex/_generated/api";
import type { AuditFilter, AuditRow } from "@/convex/validators/audit";
import type { Erasable, ErasureRow } from "@/convex/validators/erasures";
import type { ExportRow } from "@/convex/validators/exports";
import type { Retention } from "@/convex/validators/retention";
import { useLivePages, type LivePages } from "./use-live-pages";
import { useLiveQuery, type Live } from "./use-live-query";
import { useOperatorMutation } from "./use-operator-call";

const AUDIT_PAGE = 30;

export function useWorkspace(): Live<FunctionReturnType<typeof api.workspaces.get>> {
  return useLiveQuery(api.workspaces.get, {});
}

export const useRenameWorkspace = () => useOperatorMutation(api.workspaces.rename);

/** Who did what to the workspace, newest first. */
export function useAuditLog(filter: AuditFilter | undefined): LivePages<AuditRow> {
  return useLivePages(api.auditLogs.list, filter === undefined ? {} : { filter }, AUDIT_PAGE);
}

/** Erasures, newest first; those under way count on by themselves. */
export function useErasures(): Live<ErasureRow[]> {
  return useLiveQuery(api.erasures.list, {});
}

/** Who would go with a person. */
export function useErasable(visitorId: string): Live<Erasable[]> {
  return useLiveQuery(api.erasures.listSame, { visitorId });
}

export const useErase = () => useOperatorMutation(api.erasures.start);

/** How long the workspace keeps things. */
export function useRetention(): Live<Retention> {
  return useLiveQuery(api.retentionSettings.get, {});
}

/** How many conversations would go now if they were kept for so many days. */
export function useExpired(
  conversationDays: number | null,
): Live<FunctionReturnType<typeof api.retentionSettings.preview>> {
  return useLiveQuery(
    api.retentionSettings.preview,
    conversationDays === null ? "skip" : { conversationDays },
  );
}

export const useSetRetention = () => useOperatorMutation(api.retentionSettings.update);

/** One's own exports, newest first; one under way counts on by itself. */
export function useExports(): Live<ExportRow[]> {
  return useLiveQuery(api.exports.list, {});
}

export const useStartExport = () => useOperatorMutation(api.exports.start);
export const useRemoveExport = () => useOperatorMutation(api.exports.remove);
