import type { Manifest } from '../manifest.ts'

export const autoRepliesModule: Manifest = { name: 'auto-replies' }
