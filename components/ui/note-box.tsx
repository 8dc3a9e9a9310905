import { Info, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { cn } from "./cn";

const look = {
  danger: { Icon: TriangleAlert, box: "border-danger bg-danger-soft", icon: "text-danger-ink" },
  warning: { Icon: TriangleAlert, box: "border-warning bg-warning-soft", icon: "text-warning-ink" },
  info: { Icon: Info, box: "border-accent bg-accent-soft", icon: "text-accent-ink" },
} as const;

/** A few words that must be read before going on. Danger is announced at once. */
export function NoteBox({ kind, children }: { kind: keyof typeof look; children: ReactNode }) {
  const { Icon, box, icon } = look[kind];
  return (
    <div
      role={kind === "danger" ? "alert" : "status"}
      className={cn("flex items-start gap-[9px] border-l-3 px-3 py-[9px] text-13 leading-[1.1875rem]", box)}
    >
      <Icon size={16} aria-hidden="true" className={cn("mt-px", icon)} />
      <div className="min-w-0">{children}</div>
    </div>
  );
}
