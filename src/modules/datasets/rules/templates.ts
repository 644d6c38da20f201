import type { NewField } from '../schema.ts'

export type Template = {
  key: string
  name: { zh: string; en: string }
  fields: TemplateField[]
  lineFields?: TemplateField[]
}
type TemplateField = Pick<NewField, 'key' | 'type'> & { zh: string; en: string; options?: string[] }

const field = (
  key: string,
  type: NewField['type'],
  [zh, en]: readonly [string, string],
  options?: string[],
): TemplateField => ({ key, type, zh, en, ...(options && { options }) })

/** What most brands begin with; every field can be left out or renamed before it is declared. */
export const TEMPLATES: readonly Template[] = [
  {
    key: 'orders',
    name: { zh: '订单', en: 'Orders' },
    fields: [
      field(
        'status',
        'enumeration',
        ['状态', 'Status'],
        ['paid', 'shipped', 'completed', 'refunded', 'cancelled'],
      ),
      field('amount', 'number', ['实付金额', 'Amount paid']),
      field('discount', 'number', ['优惠金额', 'Discount']),
      field('paid_at', 'instant', ['支付时间', 'Paid at']),
      field('store', 'text', ['门店', 'Store']),
      field('channel', 'enumeration', ['下单渠道', 'Channel']),
    ],
    lineFields: [
      field('sku', 'text', ['商品编码', 'SKU']),
      field('product', 'text', ['商品名称', 'Product']),
      field('category', 'enumeration', ['类目', 'Category']),
      field('price', 'number', ['单价', 'Price']),
      field('quantity', 'number', ['数量', 'Quantity']),
      field('line_amount', 'number', ['小计', 'Line amount']),
    ],
  },
  {
    key: 'coupons',
    name: { zh: '优惠券', en: 'Coupons' },
    fields: [
      field('template', 'text', ['券名称', 'Coupon']),
      field('status', 'enumeration', ['状态', 'Status'], ['issued', 'used', 'expired', 'revoked']),
      field('value', 'number', ['面额', 'Value']),
      field('expires_at', 'instant', ['过期时间', 'Expires at']),
      field('used_at', 'instant', ['核销时间', 'Used at']),
      field('order_key', 'text', ['核销订单号', 'Order']),
    ],
  },
  {
    key: 'visits',
    name: { zh: '到店', en: 'Visits' },
    fields: [
      field('store', 'text', ['门店', 'Store']),
      field('city', 'enumeration', ['城市', 'City']),
      field('purpose', 'enumeration', ['来意', 'Purpose']),
      field('bought', 'boolean', ['是否购买', 'Bought something']),
      field('minutes', 'number', ['停留分钟', 'Minutes']),
    ],
  },
]
