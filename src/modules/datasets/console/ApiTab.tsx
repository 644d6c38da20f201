import { Alert } from 'antd'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useInstallation } from '../../../console/installation.ts'
import { Copyable } from '../../../console/ui/Copyable.tsx'
import { Loaded } from '../../../console/ui/states.tsx'
import type { Cell, Dataset, Field, Level } from '../schema.ts'

/** How rows get in by the API, with the real address and this dataset's fields. */
export function ApiTab({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation()
  const installation = useInstallation()
  return (
    <Loaded query={installation} rows={4}>
      {({ publicUrl }) => (
        <div className="w-stack" style={{ maxWidth: 900 }}>
          <section className="w-panel w-stack">
            <h3 className="w-section-title">{t('datasets.bySource')}</h3>
            <span className="w-soft">
              {t('datasets.bySourceHint')} <Link to="/settings/sources">{t('nav.sources')}</Link>
            </span>
            <Copyable value={`POST ${publicUrl}/v1/datasets/${dataset.key}`} />
            <Example text={curl(`${publicUrl}/v1/datasets/${dataset.key}`, '-u "WRITE_KEY:"', dataset)} />
          </section>
          <section className="w-panel w-stack">
            <h3 className="w-section-title">{t('datasets.byKey')}</h3>
            <span className="w-soft">
              {t('datasets.byKeyHint')} <Link to="/settings/api">{t('nav.api')}</Link>
            </span>
            <Copyable value={`POST ${publicUrl}/api/datasets/${dataset.key}/rows`} />
            <Example
              text={curl(
                `${publicUrl}/api/datasets/${dataset.key}/rows`,
                '-H "Authorization: Bearer API_KEY"',
                dataset,
              )}
            />
          </section>
          <Alert
            type="info"
            showIcon
            title={t('datasets.apiRules')}
            description={
              <ul style={{ margin: 0, paddingInlineStart: 18 }}>
                <li>{t('datasets.apiWhole')}</li>
                <li>{t('datasets.apiPerson')}</li>
                <li>{t('datasets.apiOrder')}</li>
                <li>{t('datasets.apiDelete')}</li>
                <li>{t('datasets.apiResults')}</li>
              </ul>
            }
          />
        </div>
      )}
    </Loaded>
  )
}

const Example = ({ text }: { text: string }) => (
  <pre className="w-mono w-small" style={{ margin: 0, overflowX: 'auto' }}>
    {text}
  </pre>
)

const SAMPLE: Record<Field['type'], Cell> = {
  text: '…',
  number: 199,
  boolean: true,
  date: '2026-11-21',
  instant: '2026-11-21T10:00:00+08:00',
  enumeration: '…',
}

function curl(url: string, credentials: string, dataset: Dataset): string {
  const values = (level: Level) =>
    Object.fromEntries(
      dataset.fields
        .filter((field) => field.level === level)
        .map((field) => [field.key, field.options[0] ?? SAMPLE[field.type]]),
    )
  const row = {
    key: 'A-1001',
    at: '2026-11-21T10:00:00+08:00',
    updatedAt: '2026-11-21T10:00:05+08:00',
    person: { user: 'u-42', phone: '13800138000' },
    fields: values('row'),
    ...(dataset.hasLines && { lines: [values('line')] }),
  }
  const body = JSON.stringify({ rows: [row] }, null, 2).replaceAll("'", "'\\''")
  return `curl -X POST ${url} \\\n  ${credentials} \\\n  -H "Content-Type: application/json" \\\n  -d '${body}'`
}
