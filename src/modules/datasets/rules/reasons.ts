type Sentence = { zh: string; en: string }

/** Why a row was refused, and what to do; also for the file of refused records, which no page translates. */
export const REASONS: Record<string, Sentence> = {
  key_missing: {
    zh: '没有主键：每行都要有一个能认出它的编号',
    en: 'There is no key: every row needs one of its own',
  },
  key_invalid: { zh: '主键须为 1–256 字节的文本', en: 'A key is a text of 1 to 256 bytes' },
  at_missing: { zh: '没有发生时间', en: 'There is no time at which it happened' },
  unknown_field: {
    zh: '明细表没有这个字段：请核对拼写，或先添加字段',
    en: 'The dataset has no such field: check the spelling or add it first',
  },
  not_text: { zh: '应为文本', en: 'This should be a text' },
  too_long: { zh: '文本过长，最多 2048 字节', en: 'The text is too long: 2,048 bytes at most' },
  not_a_number: { zh: '应为数字，例如 199.00', en: 'This should be a number, such as 199.00' },
  not_a_boolean: { zh: '应为是/否（true、false、1、0）', en: 'This should be true or false' },
  not_a_date: { zh: '应为日期，例如 2026-11-21', en: 'This should be a day, such as 2026-11-21' },
  not_an_instant: {
    zh: '应为时间，例如 2026-11-21T10:00:00+08:00 或 2026-11-21 10:00:00（北京时间）',
    en: 'This should be an instant, such as 2026-11-21T10:00:00+08:00, or 2026-11-21 10:00:00 in Beijing',
  },
  not_an_option: { zh: '不在这个字段的可选值之内', en: 'This is none of the options of the field' },
  not_an_object: { zh: '应为对象', en: 'This should be an object' },
  not_a_list: { zh: '应为列表', en: 'This should be a list' },
  has_no_lines: { zh: '这张明细表没有明细行', en: 'Rows of this dataset have no lines' },
  too_many_lines: { zh: '一行最多 200 条明细行', en: 'A row has at most 200 lines' },
  lines_apart: {
    zh: '同一主键的记录没有排在一起：请按主键排序后重新导入',
    en: 'Records of this key don’t stand together: sort the file by key and import it again',
  },
  person_invalid: { zh: '人员信息的格式不对', en: 'The person is not given as it should be' },
  person_unknown: { zh: '没有这个客户', en: 'There is no such customer' },
  person_erased: {
    zh: '这位客户已按其要求删除，不能由导入或接口带回',
    en: 'This customer was erased on request and is not brought back by a file or a call',
  },
  row_of_others: {
    zh: '这个主键的行属于可用范围之外的客户，不能修改',
    en: 'The row of this key belongs to a customer outside those allowed',
  },
  phone_invalid: { zh: '手机号不对', en: 'This is no phone number' },
  contact_id_not_alone: {
    zh: 'contactId 不能与其他身份一起给出',
    en: 'contactId can’t be given along with other identities',
  },
  openid_account_missing: {
    zh: 'openid 属于哪个公众号没有说明',
    en: 'It is not said which account the openid belongs to',
  },
  account_unknown: {
    zh: '没有这个公众号，或不在可用范围内',
    en: 'There is no such account, or it is not among those allowed',
  },
  not_storable: { zh: '数据库无法保存这一行', en: 'The database can’t keep this row' },
}

export const explainReason = (reason: string, locale: string): string => {
  const sentence = REASONS[reason]
  return sentence === undefined ? reason : locale.startsWith('zh') ? sentence.zh : sentence.en
}
