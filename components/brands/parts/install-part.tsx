"use client";

import { widgetSnippet } from "@/components/format/widget-snippet";
import type { Brand } from "@/components/hooks/rows";
import { useSession } from "@/components/session/session-provider";
import { CopyButton } from "@/components/ui/copy-button";
import { Snippet } from "@/components/ui/snippet";
import { Sightings } from "../sightings";
import { Group } from "./part";

/** The snippet, and whether it has been seen on a page. */
export function InstallPart({ brand }: { brand: Brand }) {
  const { webUrl } = useSession();
  const snippet = widgetSnippet(webUrl, brand.widgetId);
  return (
    <>
      <Group
        title="Snippet"
        hint={
          <>
            Put it on each page that should have the chat, just before <code>&lt;/body&gt;</code>.
          </>
        }
      >
        <Snippet label="Widget snippet" code={snippet} />
        <div className="flex flex-wrap items-center gap-3">
          <CopyButton text={snippet} label="Copy the snippet" variant="outline" />
          <a
            className="link text-13"
            href={`/demo?widget=${brand.widgetId}`}
            target="_blank"
            rel="noreferrer"
          >
            Open a demo page that carries it
          </a>
        </div>
      </Group>
      <Group title="Installed">
        <Sightings brandId={brand._id} />
      </Group>
    </>
  );
}
