/** A text that a spreadsheet opens as text: one that would begin a formula gets an apostrophe in front. */
export const safeCell = (text: string): string => (/^[=+\-@\t\r]/.test(text) ? `'${text}` : text)
/** Takes that apostrophe off again: a file that was exported, changed and imported says what it said. */
export const plainCell = (text: string): string => text.replace(/^'(?=[=+\-@\t\r])/, '')
