import { DownloadOutlined } from '@ant-design/icons'
import { Alert, Button, Progress } from 'antd'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { ApiError, urlOf } from '../../../../console/api.ts'
import { useFormat } from '../../../../console/format.ts'
import { useEndpoint, useInvalidate } from '../../../../console/hooks.ts'
import { useErrorText } from '../../../../console/ui/error-text.ts'
import { Loaded } from '../../../../console/ui/states.tsx'
import {
  downloadExportEndpoint,
  getExportEndpoint,
  listExportsEndpoint,
  type PeopleExport,
} from '../../schema.ts'

export const isOpen = (one: PeopleExport | undefined): boolean =>
  one?.state === 'queued' || one?.state === 'running'

/** How far one export is; the file when it is ready. */
export function ExportProgress({ exportId, onAgain }: { exportId: string; onAgain: () => void }) {
  const query = useEndpoint(
    getExportEndpoint,
    { params: { peopleExportId: exportId } },
    { every: (data) => (data === undefined || isOpen(data) ? 1_000 : false) },
  )
  const invalidate = useInvalidate()
  const state = query.data?.state
  useEffect(() => {
    if (state !== undefined) invalidate(listExportsEndpoint)
  }, [state, invalidate])
  return <Loaded query={query}>{(one) => <Shown one={one} onAgain={onAgain} />}</Loaded>
}

function Shown({ one, onAgain }: { one: PeopleExport; onAgain: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  const { done, people } = one
  if (one.state === 'done')
    return (
      <div className="w-stack" aria-live="polite">
        <Alert
          type="success"
          showIcon
          title={t('exports.done', { number: format.number(people) })}
          description={t('exports.expires', { at: format.instant(one.expiresAt) })}
        />
        <div className="w-row">
          <DownloadButton one={one} primary />
          <Button onClick={onAgain}>{t('exports.again')}</Button>
        </div>
      </div>
    )
  if (!isOpen(one)) return <Failed one={one} onAgain={onAgain} />
  return (
    <div className="w-panel" aria-live="polite">
      <div className="w-row" style={{ justifyContent: 'space-between' }}>
        <strong>{t(`exports.states.${one.state}`)}</strong>
        <span className="w-soft">
          {people === null
            ? t('runs.doneOnly', { done: format.number(done) })
            : t('runs.doneOf', { done: format.number(done), total: format.number(people) })}
        </span>
      </div>
      <Progress
        percent={people === null || people === 0 ? 0 : Math.floor((done / people) * 100)}
        status="active"
        size="small"
      />
      <div className="w-faint w-small">{t('exports.canClose')}</div>
    </div>
  )
}

function Failed({ one, onAgain }: { one: PeopleExport; onAgain: () => void }) {
  const { t } = useTranslation()
  const describe = useErrorText()
  const reason = one.state === 'failed' ? (one.error?.reason ?? 'internal') : `export_${one.state}`
  const text = describe(new ApiError(500, reason, '', one.error?.detail ?? {}))
  return (
    <div className="w-stack">
      <Alert type="error" showIcon title={text.title} description={text.advice} />
      <div>
        <Button onClick={onAgain}>{t('exports.again')}</Button>
      </div>
    </div>
  )
}

export function DownloadButton({ one, primary = false }: { one: PeopleExport; primary?: boolean }) {
  const { t } = useTranslation()
  return (
    <Button
      type={primary ? 'primary' : 'link'}
      size={primary ? 'middle' : 'small'}
      icon={<DownloadOutlined />}
      href={urlOf(downloadExportEndpoint, { params: { peopleExportId: one.id } })}
      download
    >
      {t('exports.download')}
    </Button>
  )
}
