import type { Metadata } from "next";
import { requireSession } from "@/app/_server/session";
import { Atlas } from "@/components/atlas/atlas";

export const metadata: Metadata = { title: "Atlas" };

export default async function AtlasPage({ searchParams }: PageProps<"/app/atlas">) {
  await requireSession("/app/atlas", await searchParams);
  return <Atlas />;
}
