export * from './schema/answer.ts'
export * from './schema/rules.ts'
