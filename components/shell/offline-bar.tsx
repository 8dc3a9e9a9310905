import { WifiOff } from "lucide-react";

/** Says that the connection is lost, what still works, and what waits to go out. Empty while all is well. */
export function OfflineBar({ lost, waiting }: { lost: boolean; waiting: number }) {
  return (
    <div role="status">
      {lost ? (
        <div className="flex items-start gap-2.5 border-b border-warning-line bg-warning-soft px-5 py-[7px] text-13 max-md:px-4">
          <WifiOff size={16} aria-hidden="true" className="mt-px text-warning-ink" />
          <span>
            <b>Connection lost.</b> You can keep reading and writing. {waitingSentence(waiting)}
          </span>
        </div>
      ) : null}
    </div>
  );
}

function waitingSentence(waiting: number): string {
  if (waiting === 0) return "What you send goes out when the connection is back.";
  if (waiting === 1) return "1 message waits on this computer and goes out when the connection is back.";
  return `${waiting} messages wait on this computer and go out when the connection is back.`;
}
