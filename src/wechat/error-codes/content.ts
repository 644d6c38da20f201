import type { Row } from './shape.ts'

const fix = (zh: string, en: string) => ['content', 'after-fix', zh, en] as const
const never = (zh: string, en: string) => ['content', 'no', zh, en] as const
const fault = [
  'internal',
  'no',
  '系统内部错误，请联系技术支持。',
  'Internal fault: please report it.',
] as const

/** Material, drafts, publishing and the form of requests. */
export const contentRows: readonly Row[] = [
  [40004, 'invalid media type', ...fix('不支持的文件类型。', 'This kind of file is not supported.')],
  [40005, 'invalid file type', ...fix('不支持的文件类型。', 'This kind of file is not supported.')],
  [40006, 'invalid media size', ...fix('文件大小超出限制。', 'The file is too large.')],
  [
    40007,
    'invalid media_id',
    ...fix(
      '素材已失效（临时素材保存 3 天）或草稿已被发送，请重新选择。',
      'The material has expired (3 days) or the draft was already sent. Choose it again.',
    ),
  ],
  [
    40008,
    'invalid message type',
    ...never('此处不支持该消息类型。', 'This type of message is not allowed here.'),
  ],
  [40009, 'invalid image size', ...fix('图片文件过大。', 'The picture is too large.')],
  [40010, 'invalid voice size', ...fix('语音文件过大。', 'The voice file is too large.')],
  [40011, 'invalid video size', ...fix('视频文件过大。', 'The video is too large.')],
  [40012, 'invalid thumb size', ...fix('缩略图文件过大。', 'The thumbnail is too large.')],
  [40033, 'invalid charset. please check your request, if include \\uxxxx will create fail!', ...fault],
  [
    40035,
    'invalid parameter',
    ...fix('参数不正确，请检查填写的内容。', 'A parameter is wrong. Check what was entered.'),
  ],
  [40039, 'invalid url size', ...fix('链接过长，请缩短。', 'The link is too long.')],
  [40066, 'invalid url', ...fix('链接不正确，请检查。', 'The link is not valid.')],
  [40097, 'invalid args', ...fault],
  [
    45110,
    'author size out of limit',
    ...fix('作者名过长，最多 16 个字。', 'The author’s name is too long: at most 16 characters.'),
  ],
  [
    40059,
    'invalid msg id',
    ...never('消息编号无效，无法删除。', 'This message can’t be deleted: its id is not valid.'),
  ],
  [
    40060,
    'invalid article idx',
    ...never('图文序号无效，无法删除。', 'No article has this position; it can’t be deleted.'),
  ],
  [
    40065,
    'invalid msg state',
    ...never('该消息当前状态不能删除。', 'In its present state the message can’t be deleted.'),
  ],
  [
    40062,
    'invalid title size',
    ...fix('标题过长，最多 15 个字。', 'The title is too long: at most 15 characters.'),
  ],
  [
    40114,
    'invalid index value',
    ...fix('草稿中没有该序号的图文。', 'The draft has no article at this position.'),
  ],
  [
    40155,
    null,
    ...fix('正文含有其他公众号的主页链接，请移除。', 'Remove the link to another account’s page.'),
  ],
  [
    40200,
    'invalid account type',
    'account',
    'after-admin',
    '该账号类型不支持此功能。',
    'Accounts of this type can’t use this.',
  ],
  [
    40204,
    null,
    ...never(
      '该图文被判定为谣言或洗稿，不能删除。',
      'The article was judged a rumour or a copy and can’t be deleted.',
    ),
  ],
  [40215, 'invalid image count', ...fix('图片数量不正确，请调整。', 'The number of pictures is wrong.')],
  [41003, 'refresh_token missing', ...fault],
  [41005, 'media data missing', ...fault],
  [41006, 'media_id missing', ...fault],
  [41007, 'sub_menu data missing', ...fault],
  [41008, 'code missing', ...fault],
  [41009, 'openid missing', ...fault],
  [
    41039,
    'invalid content_source_url',
    ...fix('“阅读原文”链接不正确。', 'The article’s source link is not valid.'),
  ],
  [41040, null, ...never('未通过原创校验，不能发送。', 'The originality check failed; it may not be sent.')],
  [43001, 'require GET method', ...fault],
  [43002, 'require POST method', ...fault],
  [43003, 'require https', ...fault],
  [44001, 'empty media data', ...fix('文件内容为空。', 'The file is empty.')],
  [44002, 'empty post data', ...fix('提交内容为空。', 'The request is empty.')],
  [44003, 'empty news data', ...fix('图文内容为空。', 'There is no article.')],
  [44004, 'empty content', ...fix('文本内容为空。', 'The text is empty.')],
  [45001, 'media size out of limit', ...fix('文件大小超出限制。', 'The file is too large.')],
  [45002, 'content size out of limit', ...fix('内容过长，请缩短。', 'The content is too long.')],
  [45003, 'title size out of limit', ...fix('标题过长，请缩短。', 'The title is too long.')],
  [45004, 'description size out of limit', ...fix('摘要过长，请缩短。', 'The summary is too long.')],
  [45005, 'url size out of limit', ...fix('链接过长，请缩短。', 'The link is too long.')],
  [45006, 'picurl size out of limit', ...fix('图片链接过长，请缩短。', 'The picture’s link is too long.')],
  [45007, 'playtime out of limit', ...fix('语音播放时间超出限制。', 'The voice message plays too long.')],
  [45008, 'article size out of limit', ...fix('图文数量超出限制。', 'There are too many articles.')],
  [
    45103,
    'This API has been unsupported',
    'internal',
    'no',
    '该接口已下线，请使用草稿箱。',
    'This interface is closed; use drafts.',
  ],
  [
    45166,
    'invalid content',
    ...fix('正文内容不合规，请修改后重试。', 'The article’s content was refused. Correct it.'),
  ],
  [
    45168,
    'keyword in blacklist',
    ...fix('内容含有敏感词，请修改。', 'The content contains a sensitive word.'),
  ],
  [
    46001,
    'media data no exist',
    ...fix('素材数据不存在，请重新选择。', 'The material does not exist. Choose it again.'),
  ],
  [[47001, 47002], 'data format error', ...fault],
  [
    48005,
    'forbid to delete material used by auto-reply or menu',
    ...fix(
      '素材正被自动回复或菜单使用，请先移除引用。',
      'The material is used by an auto reply or a menu. Remove it there first.',
    ),
  ],
  [
    53404,
    null,
    ...fix(
      '账号的带货能力受限，请移除商品卡片。',
      'The account’s commerce ability is limited. Remove the product card.',
    ),
  ],
  [
    [53405, 53406],
    null,
    ...fix('商品卡片不可用，请移除后重试。', 'The product card can’t be used. Remove it.'),
  ],
  [
    53503,
    null,
    ...fix(
      '草稿未通过发布检查，请在公众平台检查草稿。',
      'The draft did not pass the publish check. Look at it on the platform.',
    ),
  ],
  [53504, null, ...fix('请在公众平台使用该草稿。', 'This draft has to be used on the platform itself.')],
  [53505, null, ...fix('请先在公众平台手动保存该草稿。', 'Save the draft by hand on the platform first.')],
  [53600, null, ...never('文章不存在或已删除。', 'The article does not exist or was deleted.')],
]
