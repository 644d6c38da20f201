export { listTags, syncTags } from './commands.ts'
