import { useParams } from 'react-router'
import { listAccountsEndpoint } from '../modules/accounts/schema.ts'
import { type Me, meEndpoint } from '../modules/operators/schema.ts'
import { useEndpoint } from './hooks.ts'

export const useMeQuery = () => useEndpoint(meEndpoint, {}, { staleMs: 30_000, every: 60_000 })

/** Who is signed in. Only below the shell, which waits for the answer. */
export function useMe(): Me {
  const { data } = useMeQuery()
  if (data === undefined) throw new Error('useMe is used inside the shell')
  return data
}

/** Whether the operator may do something; the server checks it all the same. */
export function useCan(permission: string): boolean {
  return useMe().permissions.includes(permission)
}

/** The account of the page, from its address. */
export function useAccountId(): string {
  const { accountId } = useParams()
  if (accountId === undefined) throw new Error('useAccountId is used below /accounts/:accountId')
  return accountId
}

/** The accounts that the operator may see. */
export const useAccounts = () =>
  // none yet: a sandbox is being filled, or someone is binding the first
  useEndpoint(
    listAccountsEndpoint,
    {},
    { staleMs: 15_000, every: (data) => (data?.items.length === 0 ? 3_000 : 60_000) },
  )

/** The account of the page, once the list is there. */
export function useAccount() {
  const id = useAccountId()
  return useAccounts().data?.items.find((account) => account.id === id)
}

const LAST_ACCOUNT = 'weida.account'
/** Where an operator without an account in the address goes: the one they last worked with. */
export const rememberAccount = (id: string): void => localStorage.setItem(LAST_ACCOUNT, id)
export const lastAccount = (): string | null => localStorage.getItem(LAST_ACCOUNT)
