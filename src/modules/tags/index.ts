export { listTags, syncTags } from './commands.ts'
export { exportToWechatTag } from './export.ts'
export { giveEach, giveTags, tagsByName } from './front.ts'
export { getTagRun } from './runs.ts'
