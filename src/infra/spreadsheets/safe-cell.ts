/** A text that a spreadsheet opens as text: one that would begin a formula gets an apostrophe in front. */
export const safeCell = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)
