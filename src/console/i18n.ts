import dayjs from 'dayjs'
import 'dayjs/locale/zh-cn'
import i18next from 'i18next'
import { initReactI18next } from 'react-i18next'
import { z } from 'zod'
import { en } from './locales/en.ts'
import { type Texts, zhCN } from './locales/zh-CN.ts'

export type Locale = 'zh-CN' | 'en'

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation'
    resources: { translation: Texts }
  }
}

const STORED = 'weida.locale'

void i18next.use(initReactI18next).init({
  resources: { 'zh-CN': { translation: zhCN }, en: { translation: en } },
  lng: storedLocale(),
  fallbackLng: 'zh-CN',
  interpolation: { escapeValue: false },
})
follow(i18next.language as Locale)

/** Switches every text at once: ours, antd's (through App), dates and the messages of form checks. */
export function setLocale(locale: Locale): void {
  localStorage.setItem(STORED, locale)
  void i18next.changeLanguage(locale)
  follow(locale)
}

function follow(locale: Locale): void {
  document.documentElement.lang = locale
  dayjs.locale(locale === 'en' ? 'en' : 'zh-cn')
  z.config(locale === 'en' ? z.locales.en() : z.locales.zhCN())
}

function storedLocale(): Locale {
  const stored = localStorage.getItem(STORED)
  if (stored === 'zh-CN' || stored === 'en') return stored
  return navigator.language.startsWith('zh') ? 'zh-CN' : 'en'
}
