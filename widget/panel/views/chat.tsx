import type { WidgetConfig } from "../../shared/types";
import type { Actions } from "../actions";
import type { ConversationStatus, WidgetState } from "../state";
import { fill } from "../texts";
import { isAnswering } from "../thread";
import { Away } from "./away";
import { Composer } from "./composer";
import { FileTray } from "./file-tray";
import { Icon } from "./icon";
import { LeaveEmail } from "./leave-email";
import { Thread } from "./thread";
import { useTexts } from "./texts-context";

type Props = { state: WidgetState; status: ConversationStatus; config: WidgetConfig; actions: Actions };

export function Chat({ state, status, config, actions }: Props) {
  const texts = useTexts();
  const isOffline = state.connection === "offline";
  const { note, team } = state;
  return (
    <>
      <p role="status" class={isOffline ? "banner" : ""}>
        {isOffline && <Icon name="offline" />}
        {isOffline && texts.offline}
      </p>
      <p role="status" class={note ? "note" : ""}>
        {note}
      </p>
      <Thread state={state} status={status} config={config} actions={actions} />
      {/* Not announced: it comes and goes while the visitor writes. */}
      {team?.typing && (
        <p class="typing">
          <i />
          <i />
          <i />
          {fill(texts.typing, { name: team.typing })}
        </p>
      )}
      {!isAnswering(state, Date.now()) && (
        <Away hours={config.businessHours}>
          {team?.hasEmail === false && config.form.email !== "off" && <LeaveEmail actions={actions} />}
        </Away>
      )}
      <FileTray files={state.files} actions={actions} />
      <Composer
        draft={state.draft}
        files={state.files}
        error={state.draftError}
        takesFiles={config.allowAttachments}
        actions={actions}
      />
    </>
  );
}
