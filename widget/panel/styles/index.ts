import chat from "./chat.css?inline";
import frame from "./frame.css?inline";
import preChatForm from "./pre-chat-form.css?inline";
import surroundings from "./surroundings.css?inline";

/** The panel's style sheet; the order matters. */
export const panelCss = frame + preChatForm + chat + surroundings;
