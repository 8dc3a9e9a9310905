import { cleanup, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { LoginForm } from "@/app/login/login-form";

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

it("asks for what is empty, and tries no password then", () => {
  const sent = vi.fn(() => new Promise<Response>(() => undefined));
  vi.stubGlobal("fetch", sent);
  render(<LoginForm next="/app" reason={null} />);
  const email = screen.getByRole<HTMLInputElement>("textbox", { name: "Email" });
  const password = screen.getByLabelText<HTMLInputElement>("Password");
  const press = () => fireEvent.click(screen.getByRole("button", { name: "Sign in" }));

  press();
  expect(screen.getByText("Enter your email.")).toBeTruthy();
  expect(screen.getByText("Enter your password.")).toBeTruthy();
  expect(document.activeElement).toBe(email);

  fireEvent.change(email, { target: { value: "ada@acme.test" } });
  press();
  expect(screen.queryByText("Enter your email.")).toBeNull();
  expect(document.activeElement).toBe(password);
  expect(sent).not.toHaveBeenCalled();

  fireEvent.change(password, { target: { value: "a long password" } });
  press();
  expect(screen.queryByText("Enter your password.")).toBeNull();
  expect(sent).toHaveBeenCalledOnce();
});
