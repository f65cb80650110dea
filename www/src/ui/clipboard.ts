/** Puts text on the clipboard; whether that worked. Pages that were opened from a folder must take the old way. */
export async function copyText(text: string): Promise<boolean> {
  if (isSecureContext) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // It may be forbidden; the old way may not.
    }
  }
  const onCopy = (event: ClipboardEvent): void => {
    event.clipboardData?.setData('text/plain', text);
    event.preventDefault();
  };
  document.addEventListener('copy', onCopy);
  try {
    // Deprecated, and the only way left where the page has no secure origin.
    return document.execCommand('copy');
  } finally {
    document.removeEventListener('copy', onCopy);
  }
}
