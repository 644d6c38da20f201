import { Alert, Button, Input, Radio, Select } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpoint, useEndpointMutation } from '../../../../console/hooks.ts'
import { useAccounts } from '../../../../console/session.ts'
import { LoadingState } from '../../../../console/ui/states.tsx'
import { listFacetsEndpoint } from '../../../contacts/schema.ts'
import {
  getPeopleImportEndpoint,
  type ImportOptions,
  listPeopleImportsEndpoint,
  type PeopleImport,
  startPeopleEndpoint,
} from '../../schema.ts'
import { ColumnTable } from './ColumnTable.tsx'
import { type ColumnUse, mappingOf, suggestUses } from './columns.ts'
import { Preview } from './Preview.tsx'

type Props = { draft: PeopleImport; onAgain: () => void }
type Attributes = { key: string; displayName: string | null; type: string }[]

/** Says what each column becomes, with what the first rows would come to below it. */
export function MappingStep(props: Props) {
  const facets = useEndpoint(listFacetsEndpoint, {}).data
  if (facets === undefined) return <LoadingState />
  return <Mapping {...props} attributes={facets.attributes} />
}

function Mapping({ draft, onAgain, attributes }: Props & { attributes: Attributes }) {
  const { t } = useTranslation()
  const [uses, setUses] = useState<ColumnUse[]>(() => suggestUses(draft.columns, attributes))
  const [accountId, setAccountId] = useState<string>()
  const [whom, setWhom] = useState<ImportOptions['whom']>('all')
  const [empty, setEmpty] = useState<ImportOptions['empty']>('keep')
  const [segment, setSegment] = useState('')
  const name = segment.trim()
  const mapping = mappingOf(draft.columns, uses, accountId)
  const options: ImportOptions = { mapping, whom, empty, ...(name !== '' && { segment: { name } }) }
  const hasOpenid = uses.some(({ becomes }) => becomes === 'openid')
  const missing = problemOf(uses, hasOpenid && accountId === undefined)
  const start = useEndpointMutation(startPeopleEndpoint, {
    invalidates: [getPeopleImportEndpoint, listPeopleImportsEndpoint],
  })
  return (
    <div className="w-stack">
      <ColumnTable draft={draft} attributes={attributes} uses={uses} onChange={setUses} />
      <div className="w-panel w-stack">
        {hasOpenid && <AccountChoice value={accountId} onChange={setAccountId} />}
        <Choice label={t('imports.whom')} value={whom} onChange={setWhom} of={WHOM} />
        <Choice label={t('imports.emptyCell')} value={empty} onChange={setEmpty} of={EMPTY} />
        <label className="w-row">
          <span>{t('imports.segment')}</span>
          <Input
            value={segment}
            maxLength={60}
            style={{ maxWidth: 320 }}
            placeholder={t('imports.segmentHint')}
            onChange={({ target }) => setSegment(target.value)}
          />
        </label>
      </div>
      {missing === undefined ? (
        <Preview draft={draft} options={options} />
      ) : (
        <Alert type="warning" showIcon title={t(missing)} />
      )}
      <div className="w-row">
        <Button onClick={onAgain}>{t('imports.otherFile')}</Button>
        <Button
          type="primary"
          disabled={missing !== undefined}
          loading={start.isPending}
          onClick={() => start.mutate({ params: { importId: draft.id }, body: options })}
        >
          {t('imports.start')}
        </Button>
      </div>
    </div>
  )
}

const WHOM = ['all', 'new', 'known'] as const
const EMPTY = ['keep', 'clear'] as const
const NAMING = ['user', 'phone', 'openid', 'unionid', 'externalUser']

function problemOf(uses: readonly ColumnUse[], needsAccount: boolean) {
  const given = uses.map(({ becomes }) => becomes).filter((use) => use !== '' && use !== 'new')
  if (!uses.some(({ becomes }) => NAMING.includes(becomes))) return 'imports.identityFirst'
  if (new Set(given).size < given.length) return 'imports.usedTwice'
  return needsAccount ? 'imports.accountFirst' : undefined
}

function Choice<T extends 'all' | 'new' | 'known' | 'keep' | 'clear'>({
  label,
  value,
  of,
  onChange,
}: {
  label: string
  value: T
  of: readonly T[]
  onChange: (value: T) => void
}) {
  const { t } = useTranslation()
  return (
    <div className="w-row">
      <span>{label}</span>
      <Radio.Group
        aria-label={label}
        value={value}
        onChange={({ target }) => onChange(target.value as T)}
        options={of.map((one) => ({ value: one, label: t(`imports.choices.${one}`) }))}
      />
    </div>
  )
}

function AccountChoice({
  value,
  onChange,
}: {
  value: string | undefined
  onChange: (id: string | undefined) => void
}) {
  const { t } = useTranslation()
  const { data } = useAccounts()
  return (
    <div className="w-row">
      <span>{t('imports.account')}</span>
      <Select
        aria-label={t('imports.account')}
        style={{ minWidth: 240 }}
        value={value ?? null}
        placeholder={t('imports.chooseAccount')}
        onChange={(id) => onChange(id ?? undefined)}
        options={data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
      />
    </div>
  )
}
