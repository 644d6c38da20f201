/** What the platform's public libraries hold, as far as a rehearsal needs it. */
export type LibraryTemplate = {
  id: string
  title: string
  /** Name, and the type with its example. */
  keywords: readonly { name: string; rule: string; example: string }[]
}

export const TEMPLATE_LIBRARY: readonly LibraryTemplate[] = [
  {
    id: '43216',
    title: '订单支付成功通知',
    keywords: [
      { name: '订单编号', rule: 'character_string', example: 'A20260001' },
      { name: '商品名称', rule: 'thing', example: '燕麦拿铁' },
      { name: '支付金额', rule: 'amount', example: '￥28.00' },
      { name: '支付时间', rule: 'time', example: '2026-11-21 10:00' },
    ],
  },
  {
    id: '43260',
    title: '服务评价提醒',
    keywords: [
      { name: '订单编号', rule: 'character_string', example: 'A20260001' },
      { name: '服务项目', rule: 'thing', example: '门店自取' },
      { name: '完成时间', rule: 'time', example: '2026-11-21 10:20' },
    ],
  },
  {
    id: '43311',
    title: '预约成功通知',
    keywords: [
      { name: '预约项目', rule: 'thing', example: '咖啡品鉴会' },
      { name: '预约时间', rule: 'time', example: '2026年11月28日 14:00' },
      { name: '联系人', rule: 'name', example: '王小满' },
      { name: '联系电话', rule: 'phone_number', example: '021-1234567' },
    ],
  },
  {
    id: '43355',
    title: '订单发货通知',
    keywords: [
      { name: '快递公司', rule: 'thing', example: '顺丰速运' },
      { name: '快递单号', rule: 'character_string', example: 'SF1234567890' },
      { name: '订单状态', rule: 'phrase', example: '已发货' },
    ],
  },
]

/** 2 one-time, 3 long-term. */
export type LibraryNotice = LibraryTemplate & { type: 2 | 3; categoryId: number }

export const CATEGORIES = [
  { id: 612, name: '咖啡厅' },
  { id: 307, name: '政务服务' },
] as const

export const NOTICE_LIBRARY: readonly LibraryNotice[] = [
  {
    id: '8801',
    title: '会员日提醒',
    type: 2,
    categoryId: 612,
    keywords: [
      { name: '活动名称', rule: 'thing', example: '周三会员日' },
      { name: '开始时间', rule: 'date', example: '2026年11月25日' },
      { name: '温馨提示', rule: 'thing', example: '到店出示会员码' },
    ],
  },
  {
    id: '8802',
    title: '新品上市通知',
    type: 2,
    categoryId: 612,
    keywords: [
      { name: '新品名称', rule: 'thing', example: '桂花拿铁' },
      { name: '上市时间', rule: 'date', example: '2026-12-01' },
      { name: '价格', rule: 'amount', example: '￥32.00' },
    ],
  },
  {
    id: '8803',
    title: '取餐提醒',
    type: 2,
    categoryId: 612,
    keywords: [
      { name: '取餐码', rule: 'character_string', example: 'A108' },
      { name: '门店名称', rule: 'thing', example: '小满咖啡静安店' },
      { name: '订单状态', rule: 'enum:待取餐,已完成,已取消', example: '待取餐' },
    ],
  },
  {
    id: '8901',
    title: '办理进度提醒',
    type: 3,
    categoryId: 307,
    keywords: [
      { name: '办理事项', rule: 'thing', example: '居住证签注' },
      { name: '办理进度', rule: 'phrase', example: '审核中' },
      { name: '更新时间', rule: 'time', example: '2026-11-21 10:00' },
    ],
  },
]

/** Text, example and values of fields that know some only, for chosen keywords in their order. */
export function compose(keywords: LibraryTemplate['keywords']): {
  content: string
  example: string
  enums: { keywordCode: string; enumValueList: string[] }[]
} {
  const fields = keywords.map(({ name, rule, example }, index) => {
    const [type = '', values] = rule.split(':')
    return { name, example, key: `${type}${index + 1}`, values: values?.split(',') }
  })
  return {
    content: fields.map(({ name, key }) => `${name}：{{${key}.DATA}}`).join('\n'),
    example: fields.map(({ name, example }) => `${name}：${example}`).join('\n'),
    enums: fields.flatMap(({ key, values }) =>
      values ? [{ keywordCode: `${key}.DATA`, enumValueList: values }] : [],
    ),
  }
}
