import type { Claim } from "@/widget/panel/identity";
import type {
  ChatConnection,
  EarlierMessages,
  ConnectionEvents,
  Network,
  RunningConversation,
  SendResult,
  StartRequest,
  StartResult,
} from "@/widget/panel/network";
import type { UploadResult } from "@/widget/panel/post-file";
import type { TeamState, ThreadMessage } from "@/widget/panel/state";

type SignInAnswer = Awaited<ReturnType<ChatConnection["signIn"]>>;

/** A server that answers when the test says so. */
export class FakeNetwork implements Network {
  readonly starts: { start: StartRequest; answer: (result: StartResult) => void }[] = [];
  readonly signIns: { claim: Claim; answer: (result: SignInAnswer) => void }[] = [];
  readonly uploads: {
    name: string;
    signal: AbortSignal;
    progress: (share: number) => void;
    answer: (result: UploadResult) => void;
  }[] = [];
  readonly sends: {
    body: string;
    files: string[];
    clientMessageId: string;
    answer: (result: SendResult) => void;
  }[] = [];
  readonly watched: string[] = [];
  visitorKeys: string[] = [];
  closed = 0;
  earlier: Record<number, EarlierMessages> = {};
  readonly acts: Record<string, unknown>[] = [];
  refusal: "failed" | null = null;
  setTeam: (team: TeamState | null) => void = () => undefined;
  setConnected: (isConnected: boolean) => void = () => undefined;
  expire: (reason: string) => void = () => undefined;
  setMessages: (messages: ThreadMessage[]) => void = () => undefined;
  setConversation: (running: RunningConversation | null) => void = () => undefined;

  start(start: StartRequest): Promise<StartResult> {
    return new Promise((answer) => this.starts.push({ start, answer }));
  }

  connect(visitorKey: string, events: ConnectionEvents): ChatConnection {
    this.visitorKeys.push(visitorKey);
    this.setConnected = events.onConnectedChange;
    this.expire = events.onExpired;
    return {
      watchConversation: (onChange) => (this.setConversation = onChange),
      watchMessages: (conversationId, onChange) => {
        this.watched.push(conversationId);
        this.setMessages = onChange;
        return () => this.watched.splice(this.watched.indexOf(conversationId), 1);
      },
      send: (_, { body, files, clientMessageId }) =>
        new Promise((answer) =>
          this.sends.push({ body, files: files.map(({ id }) => id), clientMessageId, answer }),
        ),
      upload: ({ name }, progress, signal) =>
        new Promise((answer) => this.uploads.push({ name, signal, progress, answer })),
      watchTeam: (_, onChange) => {
        this.setTeam = onChange;
        return () => undefined;
      },
      messagesBefore: (_, sequence) => Promise.resolve(this.earlier[sequence]!),
      act: (name, args) => {
        this.acts.push({ name, ...args });
        return Promise.resolve(this.refusal);
      },
      signIn: (claim) => new Promise((answer) => this.signIns.push({ claim, answer })),
      close: () => {
        this.closed += 1;
        this.watched.length = 0;
      },
    };
  }
}
