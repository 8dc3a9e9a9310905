"use client";

import type { FunctionReturnType } from "convex/server";
import { api } from "@/convex/_generated/api";
import type {
  AtlasBrandSettings,
  AtlasQuestionRow,
  AtlasRunDetail,
  AtlasRunRow,
  KnowledgeRow,
} from "@/convex/validators/atlas";
import { useLivePages, type LivePages } from "./use-live-pages";
import { useLiveQuery, type Live } from "./use-live-query";
import { useOperatorAction, useOperatorMutation } from "./use-operator-call";

export type AtlasConfig = FunctionReturnType<typeof api.atlas.getConfig>;
export type SourceWithText = NonNullable<FunctionReturnType<typeof api.knowledge.get>>;

const RUNS_PAGE = 50;

export const useAtlasConfig = (): Live<AtlasConfig> => useLiveQuery(api.atlas.getConfig, {});

export const useAtlasBrand = (brandId: string): Live<AtlasBrandSettings> =>
  useLiveQuery(api.atlas.getBrandSettings, { brandId });

export const useKnowledge = (brandId: string): Live<KnowledgeRow[]> =>
  useLiveQuery(api.knowledge.list, { brandId });

export const useSource = (sourceId: string | null): Live<SourceWithText | null> =>
  useLiveQuery(api.knowledge.get, sourceId === null ? "skip" : { sourceId });

/** The brand's runs, newest first. */
export const useRuns = (brandId: string): LivePages<AtlasRunRow> =>
  useLivePages(api.atlas.listRuns, { brandId }, RUNS_PAGE);

export const useRun = (runId: string | null): Live<AtlasRunDetail | null> =>
  useLiveQuery(api.atlas.getRun, runId === null ? "skip" : { runId });

export const useLatestRun = (conversationId: string): Live<AtlasRunDetail | null> =>
  useLiveQuery(api.atlas.latestRun, { conversationId });

export const useQuestions = (brandId: string): Live<AtlasQuestionRow[]> =>
  useLiveQuery(api.atlas.listQuestions, { brandId });

/** Everything that changes Atlas. */
export function useAtlasCalls() {
  return {
    updateBrand: useOperatorMutation(api.atlas.updateBrandSettings),
    setModel: useOperatorAction(api.atlas.setModel),
    removeModel: useOperatorMutation(api.atlas.removeModel),
    setBudget: useOperatorMutation(api.atlas.setBudget),
    rateRun: useOperatorMutation(api.atlas.rateRun),
    replayRun: useOperatorMutation(api.atlas.replayRun),
    dismissSuggestion: useOperatorMutation(api.atlas.dismissSuggestion),
    addQuestion: useOperatorMutation(api.atlas.addQuestion),
    removeQuestion: useOperatorMutation(api.atlas.removeQuestion),
    runEvaluation: useOperatorMutation(api.atlas.runEvaluation),
  };
}

/** Everything that changes what Atlas knows. */
export function useKnowledgeCalls() {
  const generateUploadUrl = useOperatorMutation(api.knowledge.generateUploadUrl);
  const addFile = useOperatorMutation(api.knowledge.addFile);
  return {
    create: useOperatorMutation(api.knowledge.create),
    update: useOperatorMutation(api.knowledge.update),
    remove: useOperatorMutation(api.knowledge.remove),
    retry: useOperatorMutation(api.knowledge.retry),
    /** Stores the file and makes it a source. */
    upload: async (brandId: string, file: File) => {
      const url = await generateUploadUrl({});
      const response = await fetch(url, { method: "POST", body: file });
      if (!response.ok) throw new Error("The file did not arrive. Try again.");
      const { storageId } = (await response.json()) as {
        storageId: Parameters<typeof addFile>[0]["storageId"];
      };
      await addFile({ brandId, storageId, fileName: file.name });
    },
  };
}
