import type { PraxTalk, PraxTalkWidget } from "../api";
import { call } from "./events";
import { registry } from "./registry";

/**
 * Puts `window.PraxTalk` in place, once per page however often the script runs, and then makes the calls that an
 * array at its place has kept.
 */
export function installPageApi(mount: (widgetId: string) => PraxTalkWidget): void {
  const found = window.PraxTalk;
  // A page may have an element of this name, which the browser then shows here.
  if (found && "mount" in found) return;
  const first = (): PraxTalkWidget | undefined => registry().values().next().value?.widget;
  const api: PraxTalk = {
    open: () => first()?.open(),
    close: () => first()?.close(),
    toggle: () => first()?.toggle(),
    prefill: (values) => first()?.prefill(values),
    identify: (token) => first()?.identify(token),
    setPageData: (data) => first()?.setPageData(data),
    on: (event, listener) => first()?.on(event, listener) ?? (() => undefined),
    off: (event, listener) => first()?.off(event, listener),
    destroy: () => first()?.destroy(),
    get: (widgetId) => registry().get(widgetId)?.widget,
    mount,
    push(...calls) {
      for (const each of calls) call(each, api);
    },
  };
  window.PraxTalk = api;
  if (Array.isArray(found)) api.push(...found);
}
