/**
 * Keys in a list of rows of which one is chosen: the arrows, `Home` and `End` choose another one, `Enter` and the space
 * bar choose the one that has the keyboard, or press its button where it has one. Rows are the children of one element
 * and are chosen by a click.
 */
export function onRowKey(event: KeyboardEvent): void {
  const row = event.currentTarget;
  if (!(row instanceof HTMLElement) || event.target !== row || event.altKey || event.ctrlKey || event.metaKey)
    return;
  const rows = row.parentElement?.children;
  const to: Record<string, Element | null | undefined> = {
    ArrowDown: row.nextElementSibling,
    ArrowUp: row.previousElementSibling,
    Home: rows?.[0],
    End: rows?.[rows.length - 1],
    Enter: row.querySelector('button') ?? row,
    ' ': row.querySelector('button') ?? row,
  };
  if (!(event.key in to)) return;
  event.preventDefault();
  const next = to[event.key];
  if (!(next instanceof HTMLElement)) return;
  next.focus();
  next.click();
}
