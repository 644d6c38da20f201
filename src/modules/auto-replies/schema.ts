export * from './schema/answer.ts'
