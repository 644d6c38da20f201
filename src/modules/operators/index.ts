export { createOperator, resetPassword, setUp } from './commands.ts'
export { authenticate, SESSION_COOKIE } from './sessions.ts'
export { countOperators } from './store.ts'
