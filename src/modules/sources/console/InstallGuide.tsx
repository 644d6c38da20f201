import { DownloadOutlined } from '@ant-design/icons'
import { Alert, Button, Segmented } from 'antd'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { useInstallation } from '../../../console/installation.ts'
import { useFilters } from '../../../console/ui/filters.tsx'
import { Loaded } from '../../../console/ui/states.tsx'
import { MINI_PROGRAM_PATH } from '../../trackers/schema.ts'
import type { Source } from '../schema.ts'
import { CodeBlock } from './CodeBlock.tsx'
import * as guides from './guides.ts'
import type { ShownKeys } from './use-keys.ts'

/** How to send data by this source, with its real address and keys in the samples. */
export function InstallGuide({ source, shown }: { source: Source; shown: ShownKeys }) {
  const { t } = useTranslation()
  const filters = useFilters(['with'])
  const installation = useInstallation()
  const offered = guides.GUIDES[source.kind]
  const guide = offered.find((one) => one === filters.values.with) ?? offered[0]!
  return (
    <div className="w-stack" style={{ maxWidth: 900 }}>
      <Alert type="warning" showIcon title={t(`sources.wrongKind.${source.kind}`)} />
      <div className="w-row">
        <span className="w-soft">{t('sources.choose')}</span>
        <Segmented
          value={guide}
          onChange={(next) => filters.set('with', next)}
          options={offered.map((value) => ({ value, label: t(`sources.guides.${value}`) }))}
        />
      </div>
      <KeysNote shown={shown} />
      <Loaded query={installation} rows={4}>
        {({ publicUrl }) => (
          <section className="w-panel w-stack">
            <Steps guide={guide} filling={{ host: publicUrl, ...(shown.keys ?? guides.PLACEHOLDER) }} />
          </section>
        )}
      </Loaded>
    </div>
  )
}

function KeysNote({ shown }: { shown: ShownKeys }) {
  const { t } = useTranslation()
  if (shown.keys !== undefined) return <span className="w-soft">{t('sources.filledIn')}</span>
  return (
    <div className="w-row">
      <span className="w-soft">{t('sources.notFilledIn', { placeholder: guides.PLACEHOLDER.writeKey })}</span>
      {shown.show && (
        <Button size="small" loading={shown.isLoading} onClick={shown.show}>
          {t('sources.fillIn')}
        </Button>
      )}
    </div>
  )
}

function Steps({ guide, filling }: { guide: guides.Guide; filling: guides.Filling }) {
  const { t } = useTranslation()
  switch (guide) {
    case 'h5':
      return (
        <>
          <Step text={t('sources.steps.h5')} code={guides.h5Snippet(filling)} />
          <Step text={t('sources.steps.h5Track')} code={guides.h5Calls} />
          <Step text={t('sources.steps.h5Share')} code={guides.h5Share} />
          <Step text={t('sources.steps.h5Csp')} code={guides.csp(filling)} />
          <Step text={t('sources.steps.h5Send')} />
        </>
      )
    case 'miniProgram':
      return (
        <>
          <Step text={t('sources.steps.miniProgramDownload')} code={filling.host}>
            <Button href={MINI_PROGRAM_PATH} icon={<DownloadOutlined />}>
              {t('sources.steps.download')}
            </Button>
          </Step>
          <Step text={t('sources.steps.miniProgram')} code={guides.miniProgramSnippet(filling)} />
        </>
      )
    case 'segment':
      return <Step text={t('sources.steps.segment')} code={guides.segmentSnippet(filling)} />
    case 'http':
      return <Step text={t('sources.steps.http')} code={guides.httpSnippet(filling)} />
    case 'sensors':
      return (
        <>
          <Step text={t('sources.steps.sensors')} code={guides.sensorsAddress(filling)} />
          <Step text="sa-sdk-node" code={guides.sensorsSnippet(filling)} />
        </>
      )
    case 'signature':
      return (
        <>
          <Step text={t('sources.steps.signature')} code={guides.signatureSnippet(filling)} />
          <Step text={t('sources.steps.signatureUse')} code={guides.signatureUse} />
        </>
      )
  }
}

function Step({ text, code, children }: { text: string; code?: string; children?: ReactNode }) {
  return (
    <div>
      <p className="w-soft" style={{ margin: '0 0 8px' }}>
        {text}
      </p>
      {code !== undefined && <CodeBlock code={code} />}
      {children && <div style={{ marginTop: 10 }}>{children}</div>}
    </div>
  )
}
