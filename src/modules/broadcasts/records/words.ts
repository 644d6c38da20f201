import type { Content, Label, Withdrawal } from '../schema.ts'

export type Locale = 'zh-CN' | 'en'
type Words = {
  kind: Record<Content['kind'], string>
  label: Record<Label, string>
  offline: Record<Withdrawal['state'], (batches: Pick<Withdrawal, 'done' | 'total'>) => string>
  yes: string
  rest: string
  no: string
}

const HEADINGS: Record<Locale, readonly string[]> = {
  'zh-CN': [
    '公众号',
    '群发名称',
    '营销活动',
    '类型',
    '状态',
    '发送时间',
    '结束时间',
    '实际送达（人）',
    '送达数已确定',
    '下线',
    '文章位置',
    '文章标题',
    '文章链接',
    '阅读（人）',
    '阅读率',
    '阅读原文（人）',
    '收藏（人）',
    '转发（人）',
    '点赞（人）',
    '推荐（人）',
    '留言（条）',
    '数据截至',
  ],
  en: [
    'Account',
    'Mass send',
    'Activity',
    'Kind',
    'State',
    'Sent at',
    'Ended at',
    'Delivered (people)',
    'Delivered is final',
    'Taken offline',
    'Place of the article',
    'Title',
    'Link',
    'Readers',
    'Read rate',
    'Went on to the source',
    'Favourites (people)',
    'Shares (people)',
    'Likes (people)',
    'Recommended (people)',
    'Comments',
    'As of',
  ],
}

const WORDS: Record<Locale, Words> = {
  'zh-CN': {
    kind: { articles: '图文', text: '文本', image: '图片', voice: '语音', video: '视频' },
    label: {
      draft: '草稿',
      selecting: '圈群中',
      preparing: '准备中',
      queued: '队列中',
      sending: '发送中',
      asking: '待处理',
      paused: '已暂停',
      sent: '发送成功',
      partly_failed: '部分发送失败',
      failed: '发送失败',
      cancelled: '已取消',
      unresolved: '结果待核实',
    },
    offline: {
      running: ({ done, total }) => `下线中 ${done} / ${total} 批`,
      done: () => '已下线',
      incomplete: ({ done, total }) => `部分未能下线，已下线 ${done} / ${total} 批`,
    },
    yes: '是',
    rest: '剩余',
    no: '否',
  },
  en: {
    kind: { articles: 'Articles', text: 'Text', image: 'Images', voice: 'Voice', video: 'Video' },
    label: {
      draft: 'Draft',
      selecting: 'Selecting',
      preparing: 'Preparing',
      queued: 'Queued',
      sending: 'Sending',
      asking: 'Needs an answer',
      paused: 'Paused',
      sent: 'Sent',
      partly_failed: 'Partly failed',
      failed: 'Failed',
      cancelled: 'Cancelled',
      unresolved: 'To be verified',
    },
    offline: {
      running: ({ done, total }) => `Going offline: ${done} of ${total} batches`,
      done: () => 'Offline',
      incomplete: ({ done, total }) => `Not all offline: ${done} of ${total} batches`,
    },
    yes: 'yes',
    rest: 'rest',
    no: 'no',
  },
}

export const headingsOf = (locale: Locale): string[] => [...HEADINGS[locale]]
export const wordsOf = (locale: Locale): Words => WORDS[locale]
