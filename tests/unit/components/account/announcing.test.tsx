import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { Announcing } from "@/components/account/announcing";
import { SessionProvider } from "@/components/session/session-provider";

/** A browser with notifications, which this one has not. */
function browserWith(permission: NotificationPermission) {
  const requestPermission = vi.fn(() => Promise.resolve(permission));
  vi.stubGlobal("Notification", { permission, requestPermission });
  return requestPermission;
}

function open(): void {
  render(
    <SessionProvider
      handover={{
        ...{ convexUrl: "http://127.0.0.1:1", webUrl: "http://127.0.0.1:1", childToken: "t" },
        ...{ expiresInMs: 3_600_000, workspace: { name: "Acme" }, usesClerk: false, formats: {} },
        operator: { _id: "o", name: "Ada", email: "ada@acme.test", role: "agent", brandAccess: "all" },
      }}
    >
      <Announcing />
    </SessionProvider>,
  );
}

describe("notifications outside the page", () => {
  afterEach(() => {
    cleanup();
    vi.unstubAllGlobals();
  });

  it("ask for nothing by themselves, and wait for what was chosen before", () => {
    const requestPermission = browserWith("default");
    open();
    expect(requestPermission).not.toHaveBeenCalled();
    expect(screen.queryByRole("checkbox")).toBeNull();
  });

  it("say how to allow them where they are forbidden", () => {
    browserWith("denied");
    open();
    expect(screen.getByText(/set Notifications to Allow/)).toBeTruthy();
  });

  it("say that there are none where there are none", () => {
    open();
    expect(screen.getByText(/the browser has no notifications/)).toBeTruthy();
  });
});
