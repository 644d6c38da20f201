type Sentence = { zh: string; en: string }

/** Why a row was refused, and what to do; also for the file of refused rows, which no page translates. */
export const REASONS: Record<string, Sentence> = {
  no_identity: {
    zh: '没有可以认出这个人的编号：手机号、会员编号等至少要有一个',
    en: 'Nothing says who this is: give at least one identity, such as a phone number',
  },
  identity_invalid: { zh: '编号的格式不对', en: 'This is no such identity' },
  phone_invalid: {
    zh: '手机号不对；境外号码请带国家代码，例如 +852…',
    en: 'This is no phone number; numbers outside China need their country code, such as +852…',
  },
  openid_needed: {
    zh: '只能导入所负责公众号的粉丝：这一行没有 openid',
    en: 'Only fans of the accounts in charge may be imported: this row has no openid',
  },
  name_too_long: { zh: '姓名过长，最多 120 个字', en: 'The name is too long: 120 characters at most' },
  too_long: { zh: '文本过长，最多 2048 字节', en: 'The text is too long: 2,048 bytes at most' },
  list_too_long: {
    zh: '列表最多 100 项，每项最多 2048 字节',
    en: 'A list has at most 100 items of 2,048 bytes each',
  },
  not_a_number: { zh: '应为数字，例如 199.00', en: 'This should be a number, such as 199.00' },
  not_a_boolean: { zh: '应为是/否（true、false、1、0）', en: 'This should be true or false' },
  not_a_date: { zh: '应为日期，例如 2026-11-21', en: 'This should be a day, such as 2026-11-21' },
  not_an_instant: {
    zh: '应为时间，例如 2026-11-21 10:00:00（北京时间）',
    en: 'This should be an instant, such as 2026-11-21 10:00:00 in Beijing',
  },
  tag_too_long: { zh: '标签名最多 30 个字', en: 'A tag’s name has at most 30 characters' },
  too_many_tags: { zh: '一行最多 20 个标签', en: 'A row has at most 20 tags' },
  too_many_new_tags: {
    zh: '一次导入最多新建 200 个标签：请核对标签列是否选对',
    en: 'An import makes at most 200 new tags: check that the right column was chosen',
  },
  person_erased: {
    zh: '这位客户已按其要求删除，不能由导入带回',
    en: 'This customer was erased on request and is not brought back by an import',
  },
  person_of_others: {
    zh: '这位客户在可用范围之外，不能修改',
    en: 'This customer is outside those allowed',
  },
}

export const explainReason = (reason: string, locale: string): string => {
  const sentence = REASONS[reason]
  return sentence === undefined ? reason : locale.startsWith('zh') ? sentence.zh : sentence.en
}
