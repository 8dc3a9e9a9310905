"use client";

import Link from "next/link";
import type { Brand } from "@/components/hooks/rows";
import { ViewList, viewLinkLook } from "@/components/shell/view-list";
import { BrandSquare } from "@/components/ui/brand-square";

/** The brands under their section in the sidebar. */
export function BrandViews({ brands, brandId }: { brands: readonly Brand[]; brandId?: string }) {
  if (brands.length === 0) return null;
  return (
    <ViewList label="Brands">
      {brands.map((brand) => (
        <li key={brand._id}>
          <Link
            href={`/app/brands/${brand._id}`}
            aria-current={brand._id === brandId ? "page" : undefined}
            className={viewLinkLook(brand._id === brandId)}
          >
            <BrandSquare color={brand.primaryColor} />
            <span className="truncate" title={brand.name}>
              {brand.name}
            </span>
          </Link>
        </li>
      ))}
    </ViewList>
  );
}
