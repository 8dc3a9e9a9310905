"use client";

import { Plus } from "lucide-react";
import Link from "next/link";
import { useRouter } from "next/navigation";
import { useState } from "react";
import type { Brand } from "@/components/hooks/rows";
import { useBrandActivity } from "@/components/hooks/use-brands";
import { useBrands } from "@/components/hooks/use-inbox";
import { inboxHref } from "@/components/hooks/use-inbox-url";
import { SectionEmpty, SectionFailed, SectionLoading } from "@/components/ui/section-states";
import { useSession } from "@/components/session/session-provider";
import { AppShell } from "@/components/shell/app-shell";
import { OPEN_VIEW } from "@/components/shell/inbox-view";
import { BrandSquare } from "@/components/ui/brand-square";
import { Button } from "@/components/ui/button";
import { Cell, ColumnHead, Table } from "@/components/ui/table";
import { BRAND_WAITING_MAX } from "@/lib/limits";
import { addsBrands } from "./access";
import { BrandViews } from "./brand-views";
import { LastSeen } from "./last-seen";
import { NewBrandDialog } from "./new-brand-dialog";

/** The operator's brands: where each widget was seen last, and how many wait there. */
export function Brands() {
  const { operator } = useSession();
  const router = useRouter();
  const brands = useBrands();
  const [making, setMaking] = useState(false);
  return (
    <AppShell section="brands" views={<BrandViews brands={brands.data ?? []} />}>
      <div className="flex min-h-0 min-w-0 flex-col">
        <header className="flex min-h-[var(--bar-h)] flex-none items-center gap-2 border-b border-line px-5 max-md:px-4">
          <h1 id="brands" className="text-17 font-strong tracking-[-0.008em]">
            Brands
          </h1>
          {addsBrands(operator) ? (
            <Button size="sm" className="ml-auto" onClick={() => setMaking(true)}>
              <Plus size={14} aria-hidden="true" />
              New brand
            </Button>
          ) : null}
        </header>
        <div className="min-h-0 flex-1 overflow-auto px-5 pt-4 pb-8 max-md:px-4">
          {brands.status === "failed" ? (
            <SectionFailed title="The brands did not load">
              The server could not list them. Their widgets go on working.
            </SectionFailed>
          ) : brands.status === "loading" ? (
            <SectionLoading label="Loading brands" />
          ) : brands.data.length === 0 ? (
            <SectionEmpty title="No brand is yours">
              An owner or admin chooses for which brands you work. Ask one of them.
            </SectionEmpty>
          ) : (
            <BrandTable brands={brands.data} />
          )}
        </div>
      </div>
      {making ? (
        <NewBrandDialog
          onClose={() => setMaking(false)}
          onCreated={(brandId) => router.push(`/app/brands/${brandId}?part=install`)}
        />
      ) : null}
    </AppShell>
  );
}

function BrandTable({ brands }: { brands: readonly Brand[] }) {
  return (
    <Table aria-labelledby="brands">
      <thead>
        <tr>
          <ColumnHead>Name</ColumnHead>
          <ColumnHead optional>Widget id</ColumnHead>
          <ColumnHead>Widget</ColumnHead>
          <ColumnHead className="text-right">Waiting</ColumnHead>
        </tr>
      </thead>
      <tbody>
        {brands.map((brand) => (
          <BrandLine key={brand._id} brand={brand} />
        ))}
      </tbody>
    </Table>
  );
}

function BrandLine({ brand }: { brand: Brand }) {
  const activity = useBrandActivity(brand._id).data;
  return (
    <tr className="hover:[&>td]:bg-sunk">
      <Cell className="max-w-64 font-medium max-md:max-w-32">
        <Link
          href={`/app/brands/${brand._id}`}
          className="flex min-h-6 items-center gap-2 underline-offset-2 hover:underline"
        >
          <BrandSquare color={brand.primaryColor} />
          <span className="truncate" title={brand.name}>
            {brand.name}
          </span>
        </Link>
      </Cell>
      <Cell optional className="font-mono text-12 whitespace-nowrap text-ink-2">
        {brand.widgetId}
      </Cell>
      <Cell className="max-w-72 max-md:max-w-36">
        {activity ? <LastSeen sighting={activity.lastSeen} /> : null}
      </Cell>
      <Cell className="text-right whitespace-nowrap">
        {activity === undefined ? null : activity.waiting === 0 ? (
          <span className="text-ink-2">nobody</span>
        ) : (
          <Link
            className="link inline-block min-h-6 min-w-6 leading-6"
            href={inboxHref({ ...OPEN_VIEW, brandId: brand._id })}
            aria-label={`${waitingCount(activity.waiting)} waiting at ${brand.name}`}
          >
            {waitingCount(activity.waiting)}
          </Link>
        )}
      </Cell>
    </tr>
  );
}

const waitingCount = (count: number): string =>
  count < BRAND_WAITING_MAX ? String(count) : `${BRAND_WAITING_MAX - 1}+`;
