import { h, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, expect, test } from "vitest";
import { DEFAULT_WIDGET_SETTINGS } from "@/lib/widget-settings";
import type { WidgetConfig } from "@/widget/shared/types";
import type { Actions } from "@/widget/panel/actions";
import { focusFirst } from "@/widget/panel/focus";
import type { FormInput } from "@/widget/panel/form-fields";
import { EMPTY_FORM, type FormView } from "@/widget/panel/state";
import { PreChatForm } from "@/widget/panel/views/pre-chat-form";
import { LocaleContext } from "@/widget/panel/views/texts-context";

const config = { ...DEFAULT_WIDGET_SETTINGS, welcomeMessage: "Good day" } as unknown as WidgetConfig;

let sent: FormInput[] = [];
const actions = { submitForm: (input) => sent.push(input) } as Partial<Actions> as Actions;

afterEach(() => {
  render(null, document.body);
  sent = [];
});

async function draw(change: Partial<FormView> = {}) {
  const view = { ...EMPTY_FORM, ...change };
  await act(() => render(h(PreChatForm, { view, config, actions }), document.body));
  const form = document.querySelector("form")!;
  const trap = document.querySelector<HTMLInputElement>("[name=topic]")!;
  return { form, trap };
}

const press = (form: HTMLFormElement) => form.dispatchEvent(new Event("submit", { cancelable: true }));

test("the field for scripts is neither seen, heard nor reached, and no program fills it for a person", async () => {
  const { form, trap } = await draw();
  expect(trap.className).toBe("trap");
  expect(trap.tabIndex).toBe(-1);
  expect(trap.getAttribute("aria-hidden")).toBe("true");
  expect(trap.autocomplete).toBe("off");
  for (const manager of ["data-1p-ignore", "data-bwignore", "data-lpignore"]) {
    expect(trap.hasAttribute(manager)).toBe(true);
  }
  expect(trap.labels).toHaveLength(0);
  focusFirst(form);
  expect(document.activeElement?.getAttribute("name")).toBe("name");
});

test("what a script has filled into it goes along", async () => {
  const { form, trap } = await draw();
  press(form);
  trap.value = "Pills";
  press(form);
  expect(sent.map(({ topic }) => topic)).toEqual(["", "Pills"]);
});

test("the button alone is enough, as in a frame that may not send forms", async () => {
  const { form } = await draw();
  let submits = 0;
  form.addEventListener("submit", () => (submits += 1));
  form.querySelector<HTMLElement>("[type=submit]")!.click();
  expect({ sent: sent.length, submits }).toEqual({ sent: 1, submits: 0 });
});

test("it is empty again once it has gone out, and keeps what it holds while a field is wrong", async () => {
  const { trap } = await draw();
  trap.value = "Pills";
  await draw({ errors: { email: "Wrong." } });
  expect(trap.value).toBe("Pills");
  await draw({ status: "starting" });
  expect(trap.value).toBe("");
  const { form } = await draw({ notice: "Again." });
  press(form);
  expect(sent.map(({ topic }) => topic)).toEqual([""]);
});

test("countries have their names, in their order, of the widget's language", async () => {
  const form = h(PreChatForm, { view: EMPTY_FORM, config, actions });
  await act(() => render(h(LocaleContext.Provider, { value: "de" }, form), document.body));
  const names = [...document.querySelectorAll("option")].map(({ textContent }) => textContent);
  expect(names).toContain("Deutschland (+49)");
  expect(names.indexOf("Österreich (+43)")).toBeLessThan(names.indexOf("Polen (+48)"));
});
