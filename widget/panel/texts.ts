/** The panel's texts in English. `{name}` and the like stand for what is put in. */
export const english = {
  close: "Close chat",
  chatWith: "Chat with {brand}",
  talkingTo: "Talking to {name}",
  formLead: "Send us a message",
  name: "Name",
  email: "Email",
  phone: "Phone",
  optional: "optional",
  countryCode: "Country code",
  message: "Message",
  messagePlaceholder: "What can we help with?",
  startChat: "Start chat",
  starting: "Starting",
  serviceFailed: "Not sent: the chat service had a problem. Try again in a moment.",
  outdated: "Not sent: this page is out of date. Copy your message, reload and try again.",
  notHere: "This chat does not work on this page.",
  conversationLost: "This chat was removed. Start a new one: your text is still here.",
  thread: "Conversation",
  composerPlaceholder: "Write a message",
  send: "Send",
  offline: "No connection. Your message will be sent when it is back.",
  you: "You",
  team: "Support",
  aiAssistant: "AI assistant",
  sending: "Sending",
  waitingForConnection: "Waiting for the connection",
  sentAt: "Sent {time}",
  seen: "Seen",
  tooMany: "Too many messages. Try again in {seconds} s.",
  looksAutomated: "Not sent: it looked as if a script filled the form. Send it again.",
  notSent: "Not sent",
  retry: "Retry",
  remove: "Delete",
  newMessage: "1 new message",
  newMessages: "{count} new messages",
  resolved: "This chat was marked as resolved. Write again and it opens.",
  today: "Today",
  yesterday: "Yesterday",
  loading: "Loading messages",
  earlier: "Show earlier messages",
  options: "Options",
  askHuman: "Talk to a person",
  humanRequested: "You asked for a person. The team has been told.",
  endChat: "End chat",
  ended: "You ended this chat. Write again and it opens.",
  soundOn: "Turn sound on",
  soundOff: "Turn sound off",
  notDone: "That did not work. Try again in a moment.",
  shareLocation: "Share my location",
  locationShared: "Your location was shared with the team.",
  locationRefused: "Your location is not known. Allow it in the browser and try again.",
  attach: "Attach a file",
  removeFile: "Remove {name}",
  fileTooLarge: "Too large: at most 10 MB",
  fileEmpty: "The file is empty",
  fileFailed: "Not uploaded",
  fileLost: "Lost when the page was left: choose it again",
  fileGone: "A file is not there any more. Delete this message and attach the file again.",
  tooManyFiles: "A message takes up to 5 files. The others were left out.",
  signInAgain: "You have been signed out here. Sign in again to go on: what you wrote is kept.",
  signInFirst: "Sign in on this site first to write here.",
  typing: "{name} is typing",
  away: "Nobody is here right now. Leave a message: the team will answer.",
  emailForAnswer: "Email for the answer",
  leaveEmail: "Save",
  emailLeft: "The team has your email.",
  awayUntil: "Nobody is here until {time}. Leave a message: the team will answer.",
};

/** What is wrong with a field and why a message was refused: in English as the checks and the server say it. */
type Reasons = {
  nameMissing: string;
  emailMissing: string;
  phoneMissing: string;
  messageMissing: string;
  nameWrong: string;
  emailWrong: string;
  phoneWrong: string;
  messageWrong: string;
  messageTooLong: string;
};

export type Texts = typeof english & Partial<Reasons>;
/** Every text of another language. */
export type Translation = typeof english & Reasons;

/** Replaces each `{name}` that `values` has. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) =>
    Object.hasOwn(values, name) ? String(values[name]) : place,
  );
}

export function newMessagesText(texts: Texts, count: number): string {
  return count === 1 ? texts.newMessage : fill(texts.newMessages, { count });
}
