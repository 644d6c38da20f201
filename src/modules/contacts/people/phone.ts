import { parsePhoneNumberFromString } from 'libphonenumber-js'

/** E.164 (`+8613800138000`), read as a number of China where it has no country; null where it can't be a number. */
export function toE164(text: string): string | null {
  const parsed = parsePhoneNumberFromString(text.slice(0, 64).normalize('NFKC'), 'CN')
  return parsed?.isPossible() ? parsed.number : null
}
