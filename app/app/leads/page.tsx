import type { Metadata } from "next";
import { requireSession } from "@/app/_server/session";
import { Leads } from "@/components/leads/leads";

export const metadata: Metadata = { title: "Leads" };

export default async function LeadsPage({ searchParams }: PageProps<"/app/leads">) {
  await requireSession("/app/leads", await searchParams);
  return <Leads />;
}
