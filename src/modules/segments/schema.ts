export * from './schema/ask.ts'
export * from './schema/rule.ts'
export * from './schema/segment.ts'
