import { cleanup, render, screen, within } from "@testing-library/react";
import { afterEach, describe, expect, it } from "vitest";
import type { Brand } from "@/components/hooks/rows";
import { NewKeyDialog } from "@/components/integrations/new-key-dialog";
import { SessionProvider, type SessionHandover } from "@/components/session/session-provider";

afterEach(cleanup);

const brand = (id: string, name: string) => ({ _id: id, name }) as Brand;
const SHOP = brand("b1", "Shop");
const CLUB = brand("b2", "Club");

type Access = SessionHandover["operator"]["brandAccess"];

function open(brandAccess: Access, brands: Brand[]): void {
  const handover: SessionHandover = {
    convexUrl: "http://127.0.0.1:1",
    webUrl: "http://127.0.0.1:1",
    childToken: "t",
    expiresInMs: 3_600_000,
    operator: { _id: "o1", name: "Ada", email: "ada@acme.test", role: "admin", brandAccess },
    workspace: { name: "Acme" },
    formats: {},
    usesClerk: false,
  };
  render(
    <SessionProvider handover={handover}>
      <NewKeyDialog brands={brands} onClose={() => undefined} />
    </SessionProvider>,
  );
}

const brandField = () => screen.queryByRole<HTMLSelectElement>("combobox", { name: "Brand" });
const choices = () => {
  const field = brandField();
  return field === null
    ? null
    : within(field)
        .getAllByRole("option")
        .map(({ textContent }) => textContent);
};

describe("the brand of a new key", () => {
  it("may be all of them for who sees all, and is not asked for when there is one", () => {
    open("all", [SHOP, CLUB]);
    expect(choices()).toEqual(["All brands", "Shop", "Club"]);
    expect(brandField()?.value).toBe("");
    cleanup();
    open("all", [SHOP]);
    expect(choices()).toBeNull();
  });

  it("is one of their own for an admin of some brands: also when it is the only one", () => {
    open(["b1", "b2"] as Access, [SHOP, CLUB]);
    expect(choices()).toEqual(["Shop", "Club"]);
    expect(brandField()?.value).toBe("b1");
    cleanup();
    open(["b2"] as Access, [CLUB]);
    expect(choices()).toEqual(["Club"]);
    expect(brandField()?.value).toBe("b2");
  });
});
