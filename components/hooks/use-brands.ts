"use client";

import type { FunctionReturnType } from "convex/server";
import { useCallback, useEffect, useRef, useState } from "react";
import { readEdits, realEdits, writeEdits, type BrandDraft } from "@/components/brands/draft";
import { api } from "@/convex/_generated/api";
import { browserStore } from "./browser-store";
import { useLiveQuery } from "./use-live-query";
import { useOperatorAction, useOperatorMutation } from "./use-operator-call";

export type BrandActivity = FunctionReturnType<typeof api.brands.getActivity>;
export type BrandSettings = FunctionReturnType<typeof api.brands.getWidgetSettings>;

export const useBrand = (brandId: string) => useLiveQuery(api.brands.getById, { brandId });
export const useBrandActivity = (brandId: string) => useLiveQuery(api.brands.getActivity, { brandId });
export const useBrandSightings = (brandId: string) =>
  useLiveQuery(api.brands.listWidgetSightings, { brandId });

/** What only owners and admins may see: not asked for anybody else. */
export const useBrandSettings = (brandId: string, mayManage: boolean) =>
  useLiveQuery(api.brands.getWidgetSettings, mayManage ? { brandId } : "skip");

export const useCreateBrand = () => useOperatorAction(api.brands.create);
export const useRemoveBrand = () => useOperatorMutation(api.brands.remove);
export const useUpdateBrand = () => useOperatorMutation(api.brands.update);
export const useUploadLogo = () => useOperatorAction(api.brands.uploadLogo);

/** How visitors prove who they are, and what changes that. */
export function useBrandIdentity(brandId: string) {
  const identity = useLiveQuery(api.brands.getIdentity, { brandId });
  const setMode = useOperatorMutation(api.brands.setIdentityMode);
  const rotate = useOperatorAction(api.brands.rotateIdentitySecret);
  const endRotation = useOperatorMutation(api.brands.endIdentityRotation);
  return { identity, setMode, rotate, endRotation };
}

/**
 * What somebody has changed on the page and not saved: laid over what is saved, which may change meanwhile, and kept on this
 * computer until it is saved or discarded. Mount anew for another brand.
 */
export function useBrandEdits(brandId: string, saved: BrandDraft) {
  const [all, setAll] = useState<Partial<BrandDraft>>({});
  // Keys may come faster than renders: each change builds on the one before, not on what was last drawn.
  const latest = useRef(all);
  useEffect(() => {
    latest.current = readEdits(browserStore(), brandId);
    setAll(latest.current);
  }, [brandId]);
  const keep = useCallback(
    (edits: Partial<BrandDraft>) => {
      latest.current = edits;
      writeEdits(browserStore(), brandId, edits);
      setAll(edits);
    },
    [brandId],
  );
  const edit = useCallback(
    (change: Partial<BrandDraft>) => keep(realEdits(saved, { ...latest.current, ...change })),
    [keep, saved],
  );
  const discard = useCallback(() => keep({}), [keep]);
  const edits = realEdits(saved, all);
  return { edits, draft: { ...saved, ...edits }, edit, discard };
}
