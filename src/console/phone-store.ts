import { useSyncExternalStore } from 'react'

export type PhoneTarget = { appid: string; openid: string; key: number }

let target: PhoneTarget | undefined
const listeners = new Set<() => void>()

/** Opens the sandbox panel on the phone of one fan, from anywhere. */
export function openPhone(fan: { appid: string; openid: string }): void {
  // a new object each time, so that asking twice opens a closed panel again
  target = { ...fan, key: (target?.key ?? 0) + 1 }
  for (const listener of listeners) listener()
}

export const usePhoneTarget = (): PhoneTarget | undefined =>
  useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => target,
  )
