import type { RefObject } from "preact";
import { useEffect } from "preact/hooks";

/**
 * Keeps a panel that covers the page above a phone's keyboard. The keyboard lies over the page without making it
 * shorter, so only the visual viewport tells how much room is left. Zoomed in, the panel stays as it is.
 */
export function useKeyboardInset(panel: RefObject<HTMLElement | null>, isActive: boolean): void {
  useEffect(() => {
    const viewport = window.visualViewport;
    const style = panel.current?.style;
    if (!isActive || !viewport || !style) return;
    const fit = (): void => {
      if (Math.abs(viewport.scale - 1) > 0.01) return;
      style.height = `${viewport.height}px`;
      style.top = `${viewport.offsetTop}px`;
    };
    fit();
    viewport.addEventListener("resize", fit);
    viewport.addEventListener("scroll", fit);
    return () => {
      viewport.removeEventListener("resize", fit);
      viewport.removeEventListener("scroll", fit);
      style.height = "";
      style.top = "";
    };
  }, [panel, isActive]);
}
