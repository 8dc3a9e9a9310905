import { beforeEach, describe, expect, test } from "vitest";
import { FILE_MAX } from "@/lib/limits";
import type { UploadResult } from "@/widget/panel/post-file";
import {
  RATE_LIMITED,
  controller,
  loadPage,
  network,
  settled,
  startChat,
  useScene,
  write,
} from "./controller-scene";

useScene();

describe("files of the draft", () => {
  beforeEach(startChat);

  const fileOf = (name: string, size = 3): File =>
    Object.defineProperty(new File(["abc"], name), "size", { value: size });
  const stored = (id: string): UploadResult => ({
    kind: "stored",
    file: { id, name: `${id}.png`, type: "image/png", size: 3 },
  });
  const statuses = () => controller.state.files.map(({ status }) => status);

  test("go at once, and with the message once all are there", async () => {
    controller.uploads.add([fileOf("a.png"), fileOf("b.png")]);
    expect(network.uploads.map(({ name }) => name)).toEqual(["a.png", "b.png"]);
    network.uploads[0]?.progress(0.5);
    expect(controller.state.files[0]).toMatchObject({ status: "uploading", share: 0.5 });
    network.uploads[0]?.answer(stored("u1"));
    await settled();
    write("two pictures");
    expect(controller.state.draft).toBe("two pictures");
    expect(network.sends).toEqual([]);
    network.uploads[1]?.answer(stored("u2"));
    await settled();
    controller.send();
    expect(network.sends[0]).toMatchObject({ body: "two pictures", files: ["u1", "u2"] });
    expect(controller.state.files).toEqual([]);
  });

  test("may be all that a message has", async () => {
    controller.uploads.add([fileOf("a.png")]);
    network.uploads[0]?.answer(stored("u1"));
    await settled();
    controller.send();
    expect(network.sends[0]).toMatchObject({ body: "", files: ["u1"] });
  });

  test("that did not get there are sent again or removed, and hold the message back until then", async () => {
    controller.uploads.add([fileOf("a.png")]);
    network.uploads[0]?.answer({ kind: "failed", refusal: null });
    await settled();
    expect(controller.state.files[0]).toMatchObject({
      status: "failed",
      reason: "Not uploaded",
      canRetry: true,
    });
    write("Hi");
    expect(network.sends).toEqual([]);
    const { key } = controller.state.files[0]!;
    controller.uploads.retry(key);
    network.uploads[1]?.answer({ kind: "failed", refusal: RATE_LIMITED });
    await settled();
    expect(controller.state.files[0]).toMatchObject({ reason: "Too many messages. Try again in 3 s." });
    controller.uploads.remove(key);
    controller.send();
    expect(network.sends[0]).toMatchObject({ body: "Hi", files: [] });
  });

  test("that are too large or empty are never sent", () => {
    controller.uploads.add([
      fileOf("large.mov", FILE_MAX + 1),
      fileOf("none.txt", 0),
      fileOf("full.zip", FILE_MAX),
    ]);
    expect(controller.state.files).toMatchObject([
      { status: "failed", reason: "Too large: at most 10 MB", canRetry: false },
      { status: "failed", reason: "The file is empty", canRetry: false },
      { status: "uploading" },
    ]);
    expect(network.uploads.map(({ name }) => name)).toEqual(["full.zip"]);
  });

  test("are five at most, which is said", () => {
    controller.uploads.add([1, 2, 3].map((n) => fileOf(`${n}`)));
    controller.uploads.add([4, 5, 6].map((n) => fileOf(`${n}`)));
    expect(network.uploads.map(({ name }) => name)).toEqual(["1", "2", "3", "4", "5"]);
    expect(controller.state.note).toBe("A message takes up to 5 files. The others were left out.");
  });

  test("end with their removal and with the widget; an answer after that changes nothing", async () => {
    controller.uploads.add([fileOf("a.png"), fileOf("b.png")]);
    controller.uploads.remove(controller.state.files[0]!.key);
    expect(network.uploads.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    network.uploads[0]?.answer(stored("u1"));
    await settled();
    expect(statuses()).toEqual(["uploading"]);
    controller.destroy();
    expect(network.uploads.map(({ signal }) => signal.aborted)).toEqual([true, true]);
  });

  test("that the server has outlive the page; of the others the next page says that they are lost", async () => {
    controller.uploads.add([fileOf("a.png"), fileOf("b.png")]);
    network.uploads[0]?.answer(stored("u1"));
    await settled();
    loadPage();
    expect(controller.state.files).toMatchObject([
      { status: "stored", id: "u1", type: "image/png" },
      { name: "b.png", status: "failed", canRetry: false },
    ]);
    controller.uploads.remove(controller.state.files[1]!.key);
    write("Hi");
    loadPage();
    expect(network.sends[0]).toMatchObject({ body: "Hi", files: ["u1"] });
    expect(controller.state.files).toEqual([]);
  });

  test("come back with a text that was refused", async () => {
    controller.uploads.add([fileOf("a.png")]);
    network.uploads[0]?.answer(stored("u1"));
    await settled();
    write("Hi");
    network.sends[0]?.answer({ kind: "refused", reason: "Too rude." });
    await settled();
    expect(controller.state).toMatchObject({ draft: "Hi", files: [{ status: "stored", id: "u1" }] });
  });
});
