import { CopyButton } from "@/components/ui/copy-button";
import { SectionEmpty } from "@/components/ui/section-states";

const COMMAND = "openssl rand -base64 32";

/** Webhooks are off on this deployment: what is missing, and how whoever runs it turns them on. */
export function NotConfigured({ mayManage }: { mayManage: boolean }) {
  return (
    <SectionEmpty title="Webhooks are off here">
      {mayManage ? (
        <div className="grid gap-2">
          <p>
            This deployment has no key to keep secrets with. Set <code>PRAXTALK_SECRET_KEY</code> in its
            environment to 32 random bytes in base64. Keep the key: without it the secrets that it sealed are
            lost.
          </p>
          <div className="flex items-center justify-between gap-2 rounded-md border border-line bg-sunk py-1 pr-1.5 pl-3">
            <code className="text-13 text-ink">{COMMAND}</code>
            <CopyButton text={COMMAND} label="Copy the command" variant="quiet" size="sm" />
          </div>
        </div>
      ) : (
        "This deployment has no key to keep secrets with. Whoever runs it can set one."
      )}
    </SectionEmpty>
  );
}
