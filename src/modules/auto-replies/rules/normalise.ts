/**
 * What people type and keywords are compared by: full-width letters are plain ones, runs of white space one space, and none at
 * either end. Where a keyword doesn't care for capitals, both sides are made small as well.
 */
export const normalise = (text: string): string =>
  text.toWellFormed().normalize('NFKC').replace(/\s+/gu, ' ').trim()

export const small = (text: string): string => text.toLowerCase()

/** A recognised voice message ends in marks that nobody said. */
export const withoutClosingMarks = (text: string): string =>
  text.replace(/[\s。．.，,！!？?；;、…~～]+$/u, '')
