"use client";

import { BookOpen } from "lucide-react";
import Link from "next/link";
import { AppShell } from "@/components/shell/app-shell";
import { Button } from "@/components/ui/button";
import { ApiKeys } from "./api-keys";

/** What connects other software to the workspace. */
export function Integrations() {
  return (
    <AppShell section="integrations">
      <div className="flex min-h-0 min-w-0 flex-col">
        <header className="flex min-h-[var(--bar-h)] flex-none items-center gap-2 border-b border-line px-5 max-md:px-4">
          <h1 className="text-17 font-strong tracking-[-0.008em]">Integrations</h1>
          <Button asChild variant="quiet" size="sm" className="ml-auto">
            <Link href="/docs/api">
              <BookOpen size={14} aria-hidden="true" />
              API docs
            </Link>
          </Button>
        </header>
        <div className="grid min-h-0 flex-1 content-start gap-6 overflow-auto px-5 pt-5 pb-8 max-md:px-4">
          <ApiKeys />
        </div>
      </div>
    </AppShell>
  );
}
