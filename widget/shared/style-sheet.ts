/**
 * Adds CSS to a shadow root. A constructed sheet also works on pages whose policy forbids inline styles; the style
 * node is for browsers that cannot construct one.
 */
export function addStyleSheet(shadowRoot: ShadowRoot, css: string): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    shadowRoot.adoptedStyleSheets = [...shadowRoot.adoptedStyleSheets, sheet];
  } catch {
    const node = document.createElement("style");
    node.textContent = css;
    shadowRoot.append(node);
  }
}
