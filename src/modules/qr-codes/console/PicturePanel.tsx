import { DownloadOutlined } from '@ant-design/icons'
import { Alert, Button, Select, Space } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { urlOf } from '../../../console/api.ts'
import { useSandboxClock } from '../../../console/clock.ts'
import { useFormat } from '../../../console/format.ts'
import { useMe } from '../../../console/session.ts'
import { Copyable } from '../../../console/ui/Copyable.tsx'
import { AnswerSummary, useAnswerProblemText } from '../../auto-replies/console/index.ts'
import { codePictureEndpoint, PICTURE_SIZES, type QrCode, type QrCodeDetail } from '../schema.ts'
import './qr-codes.css'

/** The code to look at and to take away, and what is known of it. */
export function PicturePanel({ code }: { code: QrCodeDetail }) {
  const { t } = useTranslation()
  const format = useFormat()
  const inSandbox = useMe().mode === 'sandbox'
  const problemText = useAnswerProblemText()
  return (
    <div className="w-stack">
      <Picture code={code} />
      {code.expiresAt !== null && (
        <div className="w-small w-soft">
          {t('qrCodes.pictureUntil', { at: format.instant(code.expiresAt) })}
        </div>
      )}
      {code.pageUrl !== null && (
        <Fact label={t('qrCodes.page')} hint={t('qrCodes.pageHint')}>
          <Copyable value={code.pageUrl} />
        </Fact>
      )}
      {code.url !== null && (
        <Fact label={t('qrCodes.says')} {...(inSandbox && { hint: t('qrCodes.saysHint') })}>
          <Copyable value={code.url} />
        </Fact>
      )}
      <Fact
        label={t('qrCodes.answer')}
        {...(code.answerShared > 1 && { hint: t('qrCodes.answerSharedBy', { count: code.answerShared }) })}
      >
        {code.answer === null ? t('qrCodes.noAnswer') : <AnswerSummary answer={code.answer} />}
      </Fact>
      {code.answerProblems.map((one) => (
        <Alert key={`${one.reply}${one.reason}`} type="warning" showIcon title={problemText(one)} />
      ))}
      <Fact label={t('qrCodes.lifeTitle')}>{t(`qrCodes.life.${code.life}`)}</Fact>
      <Fact label={t('common.createdAt')}>
        {format.instant(code.createdAt)} {code.createdBy ?? t('common.system')}
      </Fact>
    </div>
  )
}

function Fact({ label, hint, children }: { label: string; hint?: string; children: ReactNode }) {
  return (
    <div className="w-qr-fact">
      <div className="w-faint w-small">{label}</div>
      {children}
      {hint !== undefined && <div className="w-faint w-small">{hint}</div>}
    </div>
  )
}

function Picture({ code }: { code: QrCode }) {
  const { t } = useTranslation()
  const offset = useSandboxClock().data?.offsetSeconds ?? 0
  const [size, setSize] = useState<number>(430)
  const { accountId, id: qrCodeId, url, expiresAt } = code
  const isOver = expiresAt !== null && new Date(expiresAt).getTime() <= Date.now() + offset * 1_000
  if (url === null || isOver)
    return (
      <div className="w-qr-picture w-qr-picture-none">
        {t(
          isOver
            ? 'qrCodes.pictureOver'
            : code.life === 'known'
              ? 'qrCodes.pictureKnown'
              : 'qrCodes.pictureNone',
        )}
      </div>
    )
  const address = (format: 'png' | 'svg', pixels: number, download = false) =>
    urlOf(codePictureEndpoint, {
      params: { accountId, qrCodeId },
      query: { format, size: pixels, ...(download && { download: 'true' }) },
    })
  // another picture where the code or its logo is another
  const version = `&of=${encodeURIComponent(url.slice(-12))}${code.hasLogo ? 'logo' : ''}`
  return (
    <>
      <img
        className="w-qr-picture"
        alt={t('qrCodes.pictureOf', { name: code.name })}
        src={address('svg', 430) + version}
      />
      <Space.Compact style={{ width: '100%' }}>
        <Select<number>
          style={{ flex: 1 }}
          aria-label={t('qrCodes.size')}
          value={size}
          onChange={setSize}
          options={PICTURE_SIZES.map((value) => ({ value, label: t('qrCodes.pixels', { size: value }) }))}
        />
        <Button icon={<DownloadOutlined />} href={address('png', size, true)}>
          PNG
        </Button>
        <Button href={address('svg', size, true)}>SVG</Button>
      </Space.Compact>
    </>
  )
}
