"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import type { Brand } from "@/components/hooks/rows";
import { useBrand, useBrandSettings } from "@/components/hooks/use-brands";
import { useBrands } from "@/components/hooks/use-inbox";
import { SectionEmpty, SectionFailed, SectionLoading } from "@/components/ui/section-states";
import { useSession } from "@/components/session/session-provider";
import { AppShell } from "@/components/shell/app-shell";
import { Button } from "@/components/ui/button";
import { managesBrands } from "./access";
import { BrandEditor } from "./brand-editor";
import { BrandViews } from "./brand-views";
import { InstallPart } from "./parts/install-part";

/** One brand. Owners and admins set it; agents see how it is installed. Mount anew for another brand. */
export function BrandPage({ brandId }: { brandId: string }) {
  const { operator } = useSession();
  const mayManage = managesBrands(operator);
  const brands = useBrands();
  const brand = useBrand(brandId);
  const settings = useBrandSettings(brandId, mayManage);
  const router = useRouter();
  const name = brand.data?.name;
  useEffect(() => {
    document.title = `${name ?? "Brand"} · Brands · PraxTalk`;
  }, [name]);

  const failed = brand.status === "failed" || (mayManage && brand.data && settings.status === "failed");
  return (
    <AppShell
      section="brands"
      onCurrent={() => router.push("/app/brands")}
      views={<BrandViews brands={brands.data ?? []} brandId={brandId} />}
    >
      {brand.data && settings.data ? (
        <BrandEditor brand={brand.data} settings={settings.data} />
      ) : brand.data && !mayManage ? (
        <BrandOfOthers brand={brand.data} />
      ) : (
        <div className="px-5 py-4 max-md:px-4">
          <h1 className="sr-only">Brand</h1>
          {failed ? (
            <SectionFailed title="The brand did not load">
              The server could not give it. Its widget goes on working.
            </SectionFailed>
          ) : brand.status === "ready" && brand.data === null ? (
            <SectionEmpty
              title="This brand does not exist"
              actions={<Button onClick={() => router.push("/app/brands")}>Show all brands</Button>}
            >
              It was removed, or it is not one of yours.
            </SectionEmpty>
          ) : (
            <SectionLoading label="Loading the brand" />
          )}
        </div>
      )}
    </AppShell>
  );
}

function BrandOfOthers({ brand }: { brand: Brand }) {
  return (
    <div className="flex min-h-0 min-w-0 flex-col">
      <header className="flex min-h-[var(--bar-h)] flex-none items-center gap-3 border-b border-line px-5 max-md:px-4">
        <h1 className="truncate text-17 font-strong tracking-[-0.008em]">{brand.name}</h1>
        <p className="text-13 text-ink-2">Owners and admins change brands.</p>
      </header>
      <div className="max-w-[640px] min-h-0 flex-1 overflow-auto px-5 pt-5 pb-8 max-md:px-4">
        <InstallPart brand={brand} />
      </div>
    </div>
  );
}
