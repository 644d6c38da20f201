/** What one check found; `advice` says what to do where something is wrong. */
export type Finding = {
  state: 'ok' | 'note' | 'wrong'
  zh: string
  en: string
  advice?: { zh: string; en: string }
}

export const ok = (zh: string, en: string): Finding => ({ state: 'ok', zh, en })
export const note = (zh: string, en: string): Finding => ({ state: 'note', zh, en })
export const wrong = (zh: string, en: string, adviceZh: string, adviceEn: string): Finding => ({
  state: 'wrong',
  zh,
  en,
  advice: { zh: adviceZh, en: adviceEn },
})
