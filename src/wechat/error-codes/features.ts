import { type Row, range } from './shape.ts'

const fix = (zh: string, en: string) => ['content', 'after-fix', zh, en] as const
const never = (zh: string, en: string) => ['content', 'no', zh, en] as const
const fault = [
  'internal',
  'no',
  '系统内部错误，请联系技术支持。',
  'Internal fault: please report it.',
] as const

/** Templates, menus, QR codes, comments, statistics and short keys. */
export const featureRows: readonly Row[] = [
  [range(40015, 40028), null, ...fix('自定义菜单的设置不正确。', 'The menu’s settings are wrong.')],
  [
    [40054, 40055],
    null,
    ...fix('菜单中的链接不正确，请填写完整网址。', 'An address in the menu is wrong. Enter it whole.'),
  ],
  [
    [40036, 40037],
    'invalid template_id',
    ...fix('模板不存在或已被删除，请重新同步模板。', 'The template is gone. Sync the templates again.'),
  ],
  [87009, 'the reply is not exists', ...never('该留言没有可删除的回复。', 'The comment has no reply.')],
  [[40052, 40053], null, ...fix('二维码设置不正确。', 'The QR code’s settings are wrong.')],
  [
    45029,
    'qrcode count out of limit',
    ...never(
      '永久二维码已达 10 万个的上限，且不能删除，请改用临时二维码。',
      'The account has its 100,000 permanent codes, and none can be deleted. Use temporary ones.',
    ),
  ],
  [
    [40246, 40247],
    null,
    ...fix(
      '不满足添加类目模板的条件，请检查服务类目。',
      'The conditions for this category template are not met. Check the service category.',
    ),
  ],
  [
    40249,
    null,
    ...never('模板消息不允许营销内容，请修改内容。', 'Template messages may not carry marketing.'),
  ],
  [
    41030,
    'invalid page',
    ...fix(
      '小程序页面路径不存在，请先发布小程序。',
      'The mini program’s page is not in the released version. Release it first.',
    ),
  ],
  [
    43100,
    'change template too frequently',
    'quota-period',
    'next-month',
    '行业每月只能修改一次。',
    'The industry can be changed once a month.',
  ],
  [
    43107,
    null,
    'account',
    'after-admin',
    '订阅通知能力或模板被封禁，请登录公众平台查看。',
    'Subscription notices or the template are banned. See the platform.',
  ],
  [
    43116,
    null,
    ...never(
      '内容或模板不被允许，请更换模板或用途。',
      'The content or template is not permitted. Change the purpose or the template.',
    ),
  ],
  [
    45026,
    null,
    ...fix(
      '模板数量已达上限，请先删除不用的模板。',
      'The account has its maximum of templates. Delete one first.',
    ),
  ],
  [45027, null, ...fix('模板与公众号所属行业冲突。', 'The template conflicts with the account’s industry.')],
  [
    45064,
    null,
    ...fix(
      '菜单中的小程序未与公众号关联，请先关联。',
      'The menu has a mini program that is not linked to the account. Link it first.',
    ),
  ],
  [46003, 'menu no exist', ...never('自定义菜单不存在。', 'There is no menu.')],
  [
    47003,
    'argument invalid!',
    ...fix(
      '有字段不符合模板的格式要求，请按提示修改。',
      'A field breaks its template rule. Correct the field named.',
    ),
  ],
  [
    47009,
    'this api is offline, please use the new api',
    'internal',
    'no',
    '该统计接口已下线，已改用新接口。',
    'This statistics interface is closed; the new one is used.',
  ],
  [
    [61500, 61501],
    null,
    'internal',
    'no',
    '统计日期或跨度不正确。',
    'The dates of the statistics request are wrong.',
  ],
  [
    61503,
    null,
    'busy',
    'backoff',
    '统计数据尚未准备好，通常次日 8 点后可用。',
    'The statistics are not ready; usually they are after 08:00 the next day.',
  ],
  [
    [65301, 65302, ...range(65304, 65315), 65317],
    null,
    ...fix('个性化菜单设置不正确。', 'The conditional menu’s settings are wrong.'),
  ],
  [
    65303,
    null,
    ...fix('还没有默认菜单，请先发布默认菜单。', 'There is no default menu yet. Publish one first.'),
  ],
  [
    65316,
    null,
    ...fix(
      '所有个性化菜单合计最多跳转到 3 个域名，请减少链接的域名。',
      'All conditional menus together may lead to three hosts. Use fewer.',
    ),
  ],
  [
    65320,
    null,
    ...fix(
      '个性化菜单不再支持按性别、地区、语言匹配。',
      'Conditional menus can no longer match by sex, place or language.',
    ),
  ],
  [
    88000,
    null,
    ...fix(
      '该公众号没有留言功能，请关闭图文的留言选项。',
      'The account has no comments. Switch comments off on the article.',
    ),
  ],
  [88001, null, ...never('没有找到该图文。', 'The article is unknown.')],
  [88002, null, ...never('该图文不能留言。', 'This article can’t be commented on.')],
  [
    range(88003, 88009),
    null,
    ...never('留言的状态或数量不允许此操作。', 'The state or the number of comments does not allow this.'),
  ],
  [88010, null, ...fix('单次获取的留言数须少于 50。', 'Fetch fewer than 50 comments at a time.')],
  [[200001, 200002], null, ...fault],
  [
    200011,
    null,
    'account',
    'after-admin',
    '账号的订阅通知模板库已被封禁。',
    'The account’s subscription templates are banned.',
  ],
  [
    200012,
    null,
    ...fix(
      '订阅通知模板数量已达上限，请先删除不用的模板。',
      'The account has its maximum of subscription templates. Delete one first.',
    ),
  ],
  [200013, null, ...never('该模板已被封禁，请更换模板。', 'This template is banned. Choose another.')],
  [200014, null, ...fix('模板编号不正确。', 'The template’s number is wrong.')],
  [
    range(200016, 200022),
    null,
    ...fix('模板关键词或场景说明不正确。', 'The template’s keywords or scene description are wrong.'),
  ],
  [
    200100,
    null,
    'account',
    'after-admin',
    '该账号类型不支持订阅通知。',
    'Accounts of this type can’t use subscription notices.',
  ],
  [range(9410010, 9410012), null, ...fix('短链内容或编号不正确。', 'The short key or its content is wrong.')],
]
