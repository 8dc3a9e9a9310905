import type { Metadata } from "next";
import { requireSession } from "@/app/_server/session";
import { Analytics } from "@/components/analytics/analytics";

export const metadata: Metadata = { title: "Analytics" };

export default async function AnalyticsPage() {
  await requireSession("/app/analytics");
  return <Analytics />;
}
