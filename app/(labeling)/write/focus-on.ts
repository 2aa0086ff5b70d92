// Moving the focus to a control of the form by its name.

/** Does nothing where there is no such control. */
export function focusOn(name: string): void {
  document.querySelector<HTMLElement>(`[name="${CSS.escape(name)}"]`)?.focus();
}
