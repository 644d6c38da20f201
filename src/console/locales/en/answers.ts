import type { Texts } from '../zh-CN.ts'

export const answers: Texts['answers'] = {
  replies: 'Replies',
  reply: 'Reply {{number}}',
  add: 'Add a reply',
  drop: 'Delete reply {{number}}',
  which: 'Which are sent',
  mode: { all: 'All of them', random: 'One at random', weighted: 'One by weight' },
  modeHint: {
    all: 'All, in order. Within a minute of a tap on the menu three more can follow the first.',
    random: 'One of them each time.',
    weighted: 'One of them each time; the heavier, the more often.',
  },
  weight: 'Weight',
  silent: 'Sends nothing, only tags.',
  effects: 'At the same time',
  give: 'Give own tags',
  take: 'Take own tags away',
  gives: 'Gives: {{tags}}',
  takes: 'Takes away: {{tags}}',
  comma: ', ',
  noTags: 'No tags',
}
