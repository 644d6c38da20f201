export {
  ACCOUNTS_TOPIC,
  type CallbackCredentials,
  findByCallbackKey,
  getCallbackInfo,
  touchCallback,
  withEachSecret,
} from './callbacks.ts'
export { accountClient } from './client.ts'
export { bindAccount, type NewAccount } from './commands/bind.ts'
export { pauseAccount, pauseForPlatformError, resumeAccount } from './commands/pause.ts'
export { noteConfirmsMass } from './commands/update.ts'
export { type Account, getAccount, listAccounts } from './reads.ts'
export type { AccountLimits, PauseDetail, PauseReason } from './rules.ts'
