import type { Metadata } from "next";
import { requireSession } from "@/app/_server/session";
import { Brands } from "@/components/brands/brands";

export const metadata: Metadata = { title: "Brands" };

export default async function BrandsPage({ searchParams }: PageProps<"/app/brands">) {
  await requireSession("/app/brands", await searchParams);
  return <Brands />;
}
