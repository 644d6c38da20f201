export const CITIES = [
  { name: '上海', weight: 20 },
  { name: '北京', weight: 16 },
  { name: '杭州', weight: 12 },
  { name: '深圳', weight: 11 },
  { name: '广州', weight: 10 },
  { name: '成都', weight: 9 },
  { name: '南京', weight: 8 },
  { name: '苏州', weight: 6 },
  { name: '武汉', weight: 5 },
  { name: '西安', weight: 3 },
] as const

export const LEVELS = [
  { name: '普通', weight: 62 },
  { name: '银卡', weight: 24 },
  { name: '金卡', weight: 11 },
  { name: '黑金', weight: 3 },
] as const

export type Product = { sku: string; name: string; category: string; price: number; weight: number }
/** Prices in yuan. */
export const PRODUCTS: readonly Product[] = [
  { sku: 'S101', name: '轻量跑鞋', category: '鞋', price: 399, weight: 6 },
  { sku: 'S102', name: '帆布鞋', category: '鞋', price: 159, weight: 7 },
  { sku: 'S103', name: '乐福鞋', category: '鞋', price: 529, weight: 3 },
  { sku: 'S104', name: '居家拖鞋', category: '鞋', price: 69, weight: 5 },
  { sku: 'B201', name: '通勤托特包', category: '包', price: 329, weight: 6 },
  { sku: 'B202', name: '斜挎小包', category: '包', price: 189, weight: 7 },
  { sku: 'B203', name: '双肩包', category: '包', price: 459, weight: 3 },
  { sku: 'C301', name: '意式拼配咖啡豆', category: '咖啡豆', price: 78, weight: 12 },
  { sku: 'C302', name: '耶加雪菲咖啡豆', category: '咖啡豆', price: 108, weight: 9 },
  { sku: 'C303', name: '云南日晒咖啡豆', category: '咖啡豆', price: 88, weight: 10 },
  { sku: 'K401', name: '手冲壶', category: '器具', price: 268, weight: 5 },
  { sku: 'K402', name: '随行杯', category: '器具', price: 128, weight: 8 },
]

export const CHANNELS = [
  { name: '小程序', weight: 6 },
  { name: 'H5', weight: 3 },
  { name: '门店', weight: 1 },
] as const
