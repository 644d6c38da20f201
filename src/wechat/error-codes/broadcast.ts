import type { Row } from './shape.ts'

const fault = [
  'internal',
  'no',
  '系统内部错误，请联系技术支持。',
  'Internal fault: please report it.',
] as const

/** 群发, mass sends. */
export const broadcastRows: readonly Row[] = [
  [
    45028,
    'has no masssend quota',
    'quota-period',
    'next-day',
    '群发次数已用完：订阅号每天 1 次，服务号每月 4 次。额度恢复后才能再发。',
    'The mass-send quota is used up: one a day for subscription accounts, four a month for service accounts. Wait until it comes back.',
  ],
  [
    45062,
    null,
    'content',
    'after-fix',
    '图文含有广告合约，只能在公众平台后台发送。',
    'The article carries an advertising contract and has to be sent on the platform itself.',
  ],
  [
    45065,
    'clientmsgid exist',
    'duplicate',
    'no',
    '该批次之前已提交成功，不会重复发送。',
    'This batch was already submitted; it is not sent again.',
  ],
  [
    // Says nothing about the first submission but that there was one: never a reason for a new key.
    45066,
    'same clientmsgid retry too fast',
    'busy',
    'next-minute',
    '同一批次重复提交过快，系统将在下一分钟确认。',
    'The same batch was submitted again too soon; it is checked in the next minute.',
  ],
  [45067, 'clientmsgid size out of limit', ...fault],
  [
    [45083, 45084],
    null,
    'content',
    'after-fix',
    '群发速度须为 0 至 4。',
    'The mass-send speed is a number from 0 to 4.',
  ],
  [
    45113,
    null,
    'content',
    'no',
    '群发不再支持该消息类型。',
    'Mass sends no longer support this type of message.',
  ],
  [45162, null, 'content', 'no', '群发不支持该消息类型。', 'Mass sends don’t support this type of message.'],
  [
    48003,
    'user not agree mass-send protocol',
    'account',
    'after-admin',
    '管理员尚未同意群发协议，请登录公众平台打开一次群发页面并同意。',
    'The mass-send agreement is not accepted. An administrator has to open the mass-send page on the platform once.',
  ],
  [
    48021,
    null,
    'content',
    'after-fix',
    '该草稿为自动保存，请先在公众平台手动保存。',
    'The draft was saved automatically. Save it by hand on the platform first.',
  ],
  [
    48022,
    null,
    'content',
    'after-fix',
    '图文中含有接口上传的视频，请在公众平台上传视频。',
    'The article holds a video uploaded by API. Upload it on the platform.',
  ],
]
