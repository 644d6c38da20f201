import { Alert, Button, Form, Select } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../../console/hooks.ts'
import { useAccounts } from '../../../../console/session.ts'
import { suggestMapping } from '../../rules/records.ts'
import {
  type Dataset,
  type DatasetImport,
  getImportEndpoint,
  listImportsEndpoint,
  type Mapping,
  startImportEndpoint,
} from '../../schema.ts'
import { Preview } from './Preview.tsx'

const IDENTITIES = ['user', 'phone', 'openid', 'unionid', 'externalUser'] as const

/** Says which column is what, with what the first records would become beside it. */
export function MappingStep({
  dataset,
  draft,
  onAgain,
}: {
  dataset: Dataset
  draft: DatasetImport
  onAgain: () => void
}) {
  const { t } = useTranslation()
  const [form] = Form.useForm<Mapping>()
  const suggested = useMemo(
    () => draft.mapping ?? suggestMapping(draft.columns, dataset.fields),
    [draft.mapping, draft.columns, dataset.fields],
  )
  const mapping = tidy((Form.useWatch([], form) as Mapping | undefined) ?? suggested)
  const needsAccount = mapping.person.openid !== undefined && mapping.accountId === undefined
  const ready = mapping.key !== '' && mapping.at !== '' && !needsAccount
  const start = useEndpointMutation(startImportEndpoint, {
    invalidates: [getImportEndpoint, listImportsEndpoint],
  })
  return (
    <div className="w-stack">
      <Form<Mapping> form={form} layout="vertical" initialValues={suggested} requiredMark={false}>
        <div className="w-grid" style={{ gridTemplateColumns: 'repeat(auto-fill, minmax(200px, 1fr))' }}>
          <Columns of={draft} name={['key']} label={t('datasets.key')} required />
          <Columns of={draft} name={['at']} label={t('datasets.at')} required />
          <Columns of={draft} name={['updatedAt']} label={t('datasets.updatedAt')} />
          {IDENTITIES.map((identity) => (
            <Columns
              key={identity}
              of={draft}
              name={['person', identity]}
              label={t(`datasets.identities.${identity}`)}
            />
          ))}
          <AccountSelect needed={needsAccount} />
        </div>
        <FieldColumns dataset={dataset} draft={draft} />
      </Form>
      <Preview dataset={dataset} draft={draft} mapping={mapping} />
      {!ready && (
        <Alert
          type="warning"
          showIcon
          title={t(needsAccount ? 'datasets.accountNeeded' : 'datasets.mapFirst')}
        />
      )}
      <div className="w-row">
        <Button onClick={onAgain}>{t('datasets.otherFile')}</Button>
        <Button
          type="primary"
          disabled={!ready}
          loading={start.isPending}
          onClick={() =>
            start.mutate({ params: { key: dataset.key, importId: draft.id }, body: { mapping } })
          }
        >
          {t('datasets.startImport')}
        </Button>
      </div>
    </div>
  )
}

function FieldColumns({ dataset, draft }: { dataset: Dataset; draft: DatasetImport }) {
  const { t } = useTranslation()
  const levels = dataset.hasLines ? (['row', 'line'] as const) : (['row'] as const)
  return levels.map((level) => (
    <div key={level}>
      <h3 className="w-section-title">{t(level === 'row' ? 'datasets.rowFields' : 'datasets.lineFields')}</h3>
      <div className="w-grid" style={{ gridTemplateColumns: 'repeat(auto-fill, minmax(200px, 1fr))' }}>
        {dataset.fields
          .filter((field) => field.level === level)
          .map((field) => (
            <Columns
              key={field.id}
              of={draft}
              name={[level === 'row' ? 'fields' : 'lineFields', field.key]}
              label={`${field.name} · ${t(`datasets.types.${field.type}`)}`}
            />
          ))}
      </div>
    </div>
  ))
}

function Columns({
  of,
  name,
  label,
  required,
}: {
  of: DatasetImport
  name: string[]
  label: string
  required?: boolean
}) {
  const { t } = useTranslation()
  return (
    <Form.Item name={name} label={label} style={{ marginBottom: 8 }}>
      <Select
        allowClear={required !== true}
        showSearch
        placeholder={t(required === true ? 'datasets.chooseColumn' : 'datasets.noColumn')}
        options={[...new Set(of.columns)].filter(Boolean).map((column) => ({ value: column, label: column }))}
      />
    </Form.Item>
  )
}

function AccountSelect({ needed }: { needed: boolean }) {
  const { t } = useTranslation()
  const { data } = useAccounts()
  return (
    <Form.Item
      name="accountId"
      label={t('datasets.ofAccount')}
      style={{ marginBottom: 8 }}
      {...(needed && { validateStatus: 'warning' as const })}
    >
      <Select
        allowClear
        placeholder={t('datasets.noAccount')}
        options={data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
      />
    </Form.Item>
  )
}

/** What was cleared in the form is not named at all. */
function tidy(mapping: Mapping): Mapping {
  const named = (of: Record<string, string | undefined> | undefined) =>
    Object.fromEntries(
      Object.entries(of ?? {}).filter((entry): entry is [string, string] => Boolean(entry[1])),
    )
  return {
    key: mapping.key ?? '',
    at: mapping.at ?? '',
    ...(mapping.updatedAt && { updatedAt: mapping.updatedAt }),
    ...(mapping.accountId && { accountId: mapping.accountId }),
    person: named(mapping.person),
    fields: named(mapping.fields),
    lineFields: named(mapping.lineFields),
  }
}
