import { KeyCaps } from "./key-caps";
import type { KeyBinding } from "./key-match";

/** Every key that works on this page, with what it does. */
export function KeySheet({ bindings, singleKeys }: { bindings: readonly KeyBinding[]; singleKeys: boolean }) {
  return (
    <div className="grid gap-3">
      <dl className="grid grid-cols-[1fr_auto] gap-x-3.5 gap-y-[7px] text-13">
        {bindings.map((binding) => (
          <div key={binding.key} className="contents">
            <dt>{binding.label}</dt>
            <dd className="flex justify-end gap-1">
              <KeyCaps of={binding.key} />
            </dd>
          </div>
        ))}
      </dl>
      <p className="text-12 text-ink-2">
        {singleKeys
          ? "Single letters work outside text fields. You can change them or turn them off in the settings."
          : "You have turned single letters off. You can turn them on in the settings."}
      </p>
    </div>
  );
}
