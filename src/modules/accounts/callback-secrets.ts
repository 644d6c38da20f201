import { randomInt } from 'node:crypto'

const LETTERS_AND_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
/** Letters whose two spare bits are zero: strict base64 decoders refuse a key that ends otherwise. */
const LAST_OF_AES_KEY = 'AEIMQUYcgkosw048'

const random = (alphabet: string, length: number): string =>
  Array.from({ length }, () => alphabet[randomInt(alphabet.length)]).join('')

/** Part of the callback URL: tells the account, and nobody guesses it. */
export const randomCallbackKey = () => random(LETTERS_AND_DIGITS, 24)
/** 服务器配置: Token, 3 to 32 letters and digits. */
export const randomCallbackToken = () => random(LETTERS_AND_DIGITS, 32)
/** 服务器配置: EncodingAESKey, 43 letters and digits that are 32 bytes in base64. */
export const randomAesKey = () => random(LETTERS_AND_DIGITS, 42) + random(LAST_OF_AES_KEY, 1)
