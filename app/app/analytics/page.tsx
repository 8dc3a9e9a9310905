import type { Metadata } from "next";
import { requireSession } from "@/app/_server/session";
import { Analytics } from "@/components/analytics/analytics";

export const metadata: Metadata = { title: "Analytics" };

export default async function AnalyticsPage({ searchParams }: PageProps<"/app/analytics">) {
  await requireSession("/app/analytics", await searchParams);
  return <Analytics />;
}
