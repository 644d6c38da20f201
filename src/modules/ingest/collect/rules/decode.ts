/** The check sum of the Sensors SDKs: Java's hash of the text, as a signed 32-bit number. */
export function checkSum(text: string): number {
  let sum = 0
  for (let index = 0; index < text.length; index += 1) sum = (Math.imul(31, sum) + text.charCodeAt(index)) | 0
  return sum
}

/** The write key of `Authorization: Basic`: its user. */
export function basicUser(
  header: string | undefined,
  decode: (base64: string) => string,
): string | undefined {
  const encoded = /^Basic\s+([A-Za-z0-9+/=_-]{1,400})$/i.exec(header ?? '')?.[1]
  if (encoded === undefined) return undefined
  const user = decode(encoded).split(':')[0]
  return user === '' ? undefined : user
}
