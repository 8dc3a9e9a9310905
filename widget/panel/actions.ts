import type { FormField, FormInput } from "./form-fields";

/** What the views may do. */
export type Actions = {
  close: () => void;
  /** Shows what is wrong with one field, or that nothing is any more. */
  checkField: (field: FormField, input: FormInput) => void;
  submitForm: (input: FormInput) => void;
  changeDraft: (text: string) => void;
  send: () => void;
  retry: (clientMessageId: string) => void;
  remove: (clientMessageId: string) => void;
  addFiles: (files: readonly File[]) => void;
  retryFile: (key: string) => void;
  removeFile: (key: string) => void;
  showEarlier: () => void;
  askHuman: () => void;
  leaveEmail: (email: string) => void;
  endChat: () => void;
  shareLocation: () => void;
  toggleSound: () => void;
};
