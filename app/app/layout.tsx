import type { ReactNode } from "react";
import { sessionHandover } from "@/app/_server/session";
import { DashboardProviders } from "@/components/shell/dashboard-providers";

/** Hands a signed-in operator's pages their connection. Without a session the page itself leads to the login. */
export default async function DashboardLayout({ children }: { children: ReactNode }) {
  const handover = await sessionHandover();
  return handover === null ? (
    children
  ) : (
    <DashboardProviders handover={handover}>{children}</DashboardProviders>
  );
}
