"use client";

import { Download, Plus, Upload } from "lucide-react";
import { useCallback, useMemo, useRef, useState } from "react";
import { reasonOf } from "@/components/hooks/refusals";
import { useAssignees, useBrands } from "@/components/hooks/use-inbox";
import {
  isSearch,
  useDuplicated,
  useLeadPages,
  useLeadSearch,
  useReadAllLeads,
  type LeadRow,
} from "@/components/hooks/use-leads";
import { useLeadsUrl } from "@/components/hooks/use-leads-url";
import { KeyCaps } from "@/components/keys/key-caps";
import { useSession } from "@/components/session/session-provider";
import { AppShell } from "@/components/shell/app-shell";
import { Button } from "@/components/ui/button";
import { toastFailure } from "@/components/ui/toaster";
import { BulkBar, type BulkMenu } from "./bulk-bar";
import { download } from "./download";
import { ImportDialog } from "./import-dialog";
import { LEAD_COLUMNS, leadCells, toCsv } from "./lead-csv";
import { LeadDialog } from "./lead-dialog";
import { LeadDrawer } from "./lead-drawer";
import { LeadFilters } from "./lead-filters";
import { LeadList } from "./lead-list";
import { leadCount } from "./lead-status";
import { useLeadChanges } from "./use-lead-changes";
import { useLeadKeys } from "./use-lead-keys";

type Form = { what: "new" } | { what: "edit"; lead: LeadRow } | { what: "import" } | null;

/** People worth following up: found, narrowed, given to owners, taken in from files and out into one. */
export function Leads() {
  const { operator } = useSession();
  const { filter, query, leadId, narrow, find, open, reset } = useLeadsUrl();
  const owners = useAssignees();
  const brands = useBrands().data ?? [];
  const pages = useLeadPages(filter);
  const found = useLeadSearch(filter, query);
  const searching = isSearch(query);
  const rows = useMemo(
    () => (searching ? (found.data?.rows ?? []) : pages.rows),
    [searching, found.data, pages.rows],
  );
  const duplicated = useDuplicated(rows);
  const [form, setForm] = useState<Form>(null);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [menu, setMenu] = useState<BulkMenu>(null);
  const [exporting, setExporting] = useState(false);
  const table = useRef<HTMLDivElement>(null);
  const findRef = useRef<HTMLInputElement>(null);
  const readAll = useReadAllLeads();

  const nameOf = useCallback(
    (operatorId: string) => owners.find(({ _id }) => _id === operatorId)?.name ?? "somebody",
    [owners],
  );
  const { change, remove } = useLeadChanges(nameOf);
  const chosen = rows.filter(({ _id }) => selected.has(_id));
  const clear = useCallback(() => setSelected(new Set()), []);
  const toggle = useCallback(
    (id: string) =>
      setSelected((now) => {
        const next = new Set(now);
        if (!next.delete(id)) next.add(id);
        return next;
      }),
    [],
  );
  const startNew = useCallback(() => setForm({ what: "new" }), []);
  useLeadKeys({ table, find: findRef, onToggle: toggle, onMenu: setMenu, onNew: startNew, onClear: clear });

  async function exportAll() {
    setExporting(true);
    try {
      const leads = searching ? rows : await readAll(filter);
      const lines = [[...LEAD_COLUMNS], ...leads.map(leadCells)];
      download("leads.csv", "text/csv;charset=utf-8", toCsv(lines, { mark: true }));
    } catch (error) {
      toastFailure(reasonOf(error));
    }
    setExporting(false);
  }

  return (
    <AppShell section="leads" onCurrent={reset}>
      <div className="flex min-h-0 min-w-0 flex-col">
        <header className="flex min-h-[var(--bar-h)] flex-none items-center gap-2 border-b border-line px-5 max-md:px-4">
          <h1 className="mr-auto text-17 font-strong tracking-[-0.008em]">Leads</h1>
          <Button
            variant="quiet"
            size="sm"
            aria-label="Import CSV"
            onClick={() => setForm({ what: "import" })}
          >
            <Upload size={14} aria-hidden="true" />
            <span className="max-md:sr-only">Import CSV</span>
          </Button>
          <Button
            variant="quiet"
            size="sm"
            aria-label="Export CSV"
            busy={exporting}
            onClick={() => void exportAll()}
          >
            <Download size={14} aria-hidden="true" />
            <span className="max-md:sr-only">{exporting ? "Exporting" : "Export CSV"}</span>
          </Button>
          <Button variant="main" size="sm" onClick={startNew}>
            <Plus size={14} aria-hidden="true" />
            New lead
            <span className="max-md:hidden">
              <KeyCaps of="c" bare />
            </span>
          </Button>
        </header>
        <LeadFilters
          filter={filter}
          query={query}
          brands={brands}
          owners={owners}
          findRef={findRef}
          onNarrow={narrow}
          onFind={find}
        />
        <div
          ref={table}
          role="region"
          aria-label="Leads table"
          tabIndex={0}
          className="min-h-0 flex-1 overflow-auto px-5 outline-offset-[-2px] max-md:px-4"
        >
          <LeadList
            status={searching ? found.status : pages.status}
            rows={rows}
            narrowed={searching || filter.status !== null || filter.owner !== null || filter.brand !== null}
            selected={selected}
            duplicated={duplicated}
            openId={leadId}
            onSelect={toggle}
            onSelectAll={(all) => setSelected(new Set(all ? rows.map(({ _id }) => _id) : []))}
            onOpen={open}
            onReset={reset}
            onNew={startNew}
          />
        </div>
        <div className="flex min-h-10 flex-none flex-wrap items-center gap-2 border-t border-line px-5 py-1.5 text-12 text-ink-2 max-md:px-4">
          {chosen.length > 0 ? (
            <BulkBar
              leads={chosen}
              owners={owners}
              menu={menu}
              onMenu={setMenu}
              onChange={(next) => {
                change(chosen, next);
                clear();
              }}
              onRemove={
                operator.role === "agent"
                  ? undefined
                  : () => {
                      remove(chosen);
                      clear();
                    }
              }
              onClear={clear}
            />
          ) : rows.length === 0 ? null : (
            <span>
              {searching && found.data?.hasMore === true
                ? `The best ${rows.length} leads. Type more to narrow them.`
                : `${leadCount(rows.length)} shown${searching || pages.complete ? "" : ", newest change first"}.`}
            </span>
          )}
          {!searching && pages.canLoadMore ? (
            <Button variant="quiet" size="sm" className="ml-auto" onClick={pages.loadMore}>
              Show more
            </Button>
          ) : null}
        </div>
      </div>
      <LeadDrawer
        leadId={leadId}
        owners={owners}
        onOpen={open}
        onChange={change}
        onRemove={remove}
        onEdit={(lead) => setForm({ what: "edit", lead })}
      />
      {form?.what === "new" || form?.what === "edit" ? (
        <LeadDialog
          lead={form.what === "edit" ? form.lead : undefined}
          brands={brands}
          onOpen={open}
          onClose={() => setForm(null)}
        />
      ) : null}
      {form?.what === "import" ? <ImportDialog brands={brands} onClose={() => setForm(null)} /> : null}
    </AppShell>
  );
}
