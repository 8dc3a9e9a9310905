import type { Metadata } from "next";
import { requireSession } from "@/app/_server/session";
import { BrandPage } from "@/components/brands/brand-page";

export const metadata: Metadata = { title: "Brand" };

export default async function OneBrandPage({ params, searchParams }: PageProps<"/app/brands/[brandId]">) {
  const { brandId } = await params;
  await requireSession(`/app/brands/${encodeURIComponent(brandId)}`, await searchParams);
  return <BrandPage key={brandId} brandId={brandId} />;
}
