import type { MassVerdict } from '../account.ts'
import type { Article } from '../drafts/article.ts'

/** A mass send that the platform has accepted and not ended yet. */
export type Job = {
  msg_id: string
  account_id: number
  call: 'send' | 'sendall' | 'console'
  to_all: boolean
  tag_id: number | null
  fan_ids: string[] | null
  media_id: string | null
  ignore_reprint: boolean
  articles: Article[] | null
  state: 'confirming' | 'sending'
  forced: MassVerdict
  started_at: Date | null
  due_at: Date
  total: number
  msg_data_id: string | null
}
export type Counts = { total: number; filtered: number; sent: number; errors: number }
