"use client";

import type { MouseEvent } from "react";
import { ATLAS_VIEWS, useAtlasUrl, type AtlasView } from "@/components/hooks/use-atlas-url";
import { useBrands } from "@/components/hooks/use-inbox";
import { SectionFailed } from "@/components/ui/section-states";
import { useSession } from "@/components/session/session-provider";
import { AppShell } from "@/components/shell/app-shell";
import { ViewList, viewLinkLook } from "@/components/shell/view-list";
import { InlineSelect } from "@/components/ui/inline-select";
import { isPlainClick } from "@/components/ui/plain-click";
import { AtlasSettings } from "./atlas-settings";
import { Evaluation } from "./evaluation";
import { Knowledge } from "./knowledge";
import { RunList } from "./run-list";
import { RunPage } from "./run-page";

const WORD: Record<AtlasView, string> = {
  knowledge: "Knowledge",
  runs: "Runs",
  evaluation: "Evaluation",
  settings: "Settings",
};

/** The AI agent: what it knows, what it did and why, whether it would answer well, and what it may do. */
export function Atlas() {
  const { view, brand, run, show, choose, open } = useAtlasUrl();
  const { operator } = useSession();
  const { status, data: brands = [] } = useBrands();
  const current = brands.find(({ _id }) => _id === brand) ?? brands[0];
  const mayManage = operator.role !== "agent";
  const linkTo = (part: AtlasView) => ({
    href: `/app/atlas?view=${part}`,
    "aria-current": part === view ? ("page" as const) : undefined,
    onClick: (event: MouseEvent<HTMLAnchorElement>) => {
      if (!isPlainClick(event)) return;
      event.preventDefault();
      show(part);
    },
  });

  return (
    <AppShell
      section="atlas"
      onCurrent={() => show("knowledge")}
      views={
        <ViewList label="Atlas views">
          {ATLAS_VIEWS.map((each) => (
            <li key={each}>
              <a {...linkTo(each)} className={viewLinkLook(each === view)}>
                {WORD[each]}
              </a>
            </li>
          ))}
        </ViewList>
      }
    >
      <div className="flex min-h-0 min-w-0 flex-col">
        <header className="flex min-h-[var(--bar-h)] flex-none flex-wrap items-center gap-2 border-b border-line px-5 py-2 max-md:px-4">
          <h1 className="text-17 font-strong tracking-[-0.008em]">Atlas</h1>
          <nav
            aria-label="Parts of Atlas"
            className="-mx-2 flex gap-1 max-md:order-last max-md:basis-full md:mx-0 lg:hidden"
          >
            {ATLAS_VIEWS.map((each) => (
              <a
                key={each}
                {...linkTo(each)}
                className="rounded-md px-2 py-1 text-13 text-ink-2 aria-[current]:bg-active aria-[current]:font-strong aria-[current]:text-ink"
              >
                {WORD[each]}
              </a>
            ))}
          </nav>
          {brands.length > 1 ? (
            <span className="ml-auto">
              <InlineSelect
                label="Brand"
                active={false}
                value={current?._id ?? ""}
                onChange={(event) => choose(event.target.value)}
              >
                {brands.map(({ _id, name }) => (
                  <option key={_id} value={_id}>
                    {name}
                  </option>
                ))}
              </InlineSelect>
            </span>
          ) : null}
        </header>
        <div className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)] content-start gap-8 overflow-auto px-5 pt-5 pb-8 max-md:px-4">
          {status === "failed" ? (
            <SectionFailed title="Your brands did not load">
              Atlas is set up for each brand, and the server could not list them.
            </SectionFailed>
          ) : current === undefined ? null : view === "knowledge" ? (
            <Knowledge key={current._id} brandId={current._id} mayManage={mayManage} />
          ) : view === "evaluation" ? (
            <Evaluation key={current._id} brandId={current._id} mayManage={mayManage} onOpenRun={open} />
          ) : view === "settings" ? (
            <AtlasSettings key={current._id} brand={current} mayManage={mayManage} />
          ) : run === null ? (
            <RunList key={current._id} brandId={current._id} onOpen={open} />
          ) : (
            <RunPage runId={run} onClose={() => open(null)} onOpen={open} />
          )}
        </div>
      </div>
    </AppShell>
  );
}
