import type { Actions } from "../controller";
import type { ConversationStatus, WidgetState } from "../state";
import { Composer } from "./composer";
import { Icon } from "./icon";
import { Thread } from "./thread";
import { useTexts } from "./texts-context";

type Props = { state: WidgetState; status: ConversationStatus; brandName: string; actions: Actions };

export function Chat({ state, status, brandName, actions }: Props) {
  const texts = useTexts();
  const isOffline = state.connection === "offline";
  return (
    <>
      <p role="status" class={isOffline ? "banner" : ""}>
        {isOffline && <Icon name="offline" />}
        {isOffline && texts.offline}
      </p>
      <Thread state={state} status={status} brandName={brandName} actions={actions} />
      <Composer draft={state.draft} error={state.draftError} actions={actions} />
    </>
  );
}
