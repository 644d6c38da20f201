export * from './schema/endpoints.ts'
export * from './schema/shapes.ts'
export * from './schema/wechat-endpoints.ts'
