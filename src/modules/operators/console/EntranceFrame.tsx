import { Segmented } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { type Locale, setLocale } from '../../../console/i18n.ts'
import './entrance.css'

/** The page before one is signed in. */
export function EntranceFrame({
  title,
  hint,
  children,
}: {
  title: string
  hint?: ReactNode
  children: ReactNode
}) {
  const { t, i18n } = useTranslation()
  return (
    <div className="w-entrance">
      <div className="w-entrance-side">
        <div className="w-entrance-brand">
          <img src="/favicon.svg" alt="" /> Weida 微达
        </div>
        <p className="w-entrance-claim">{t('entrance.claim')}</p>
        <ul>
          <li>{t('entrance.point1')}</li>
          <li>{t('entrance.point2')}</li>
          <li>{t('entrance.point3')}</li>
        </ul>
      </div>
      <div className="w-entrance-main">
        <Segmented
          className="w-entrance-language"
          size="small"
          value={i18n.language as Locale}
          options={[
            { value: 'zh-CN', label: '中文' },
            { value: 'en', label: 'English' },
          ]}
          onChange={(locale: Locale) => setLocale(locale)}
        />
        <div className="w-entrance-form">
          <h1>{title}</h1>
          {hint !== undefined && <p className="w-soft">{hint}</p>}
          {children}
        </div>
      </div>
    </div>
  )
}
