// A live inbox in a page of your own: it follows along by itself, and answers. README.md says how to run it.
import { PraxTalk, type Conversation } from "@praxtalk/sdk";

const find = (selector: string) => document.querySelector(selector) ?? document.body;
const make = (tag: string, fields: object) => Object.assign(document.createElement(tag), fields);
const show = (text: string) => (find("#state").textContent = text);
const settings = new URLSearchParams(location.hash.slice(1));
const [url, token] = [settings.get("url"), settings.get("token")];
const forms = new Map<string, HTMLFormElement>();

function showInbox(praxtalk: PraxTalk, rows: Conversation[]) {
  const items = rows.map(({ id, visitor, lastMessage, waitingSince }) => {
    const name = visitor.name ?? visitor.email ?? "Visitor";
    // One form for each conversation: what is being typed stays while the list changes.
    const form = forms.get(id) ?? replyForm(praxtalk, id, name);
    forms.set(id, form);
    const item = document.createElement("li");
    item.append(make("strong", { textContent: name }), waitingSince === null ? "" : " waits");
    item.append(make("p", { textContent: lastMessage?.preview ?? "" }), form);
    return item;
  });
  find("#inbox").replaceChildren(...items);
}

function replyForm(praxtalk: PraxTalk, id: string, name: string): HTMLFormElement {
  const form = document.createElement("form");
  const field = document.createElement("input");
  Object.assign(field, { required: true, ariaLabel: `Reply to ${name}` });
  form.append(field, make("button", { textContent: "Reply" }));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const text = field.value;
    field.value = "";
    praxtalk
      .conversation(id)
      .reply(text)
      .catch((error: Error) => {
        field.value = text;
        show(`Not sent: ${error.message}`);
      });
  });
  return form;
}

if (url && token) {
  const praxtalk = new PraxTalk({ url, token, onError: ({ message }) => show(message) });
  praxtalk.connection.subscribe(show);
  praxtalk.inbox.subscribe({ status: "open" }, (rows) => showInbox(praxtalk, rows));
}
