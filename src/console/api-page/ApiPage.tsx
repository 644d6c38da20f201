import { useQuery } from '@tanstack/react-query'
import { Alert, Button, Collapse } from 'antd'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { FilterBar, SearchInput, useFilters } from '../ui/filters.tsx'
import { PageHeader } from '../ui/PageHeader.tsx'
import { EmptyState, Loaded } from '../ui/states.tsx'
import { ApiCall } from './ApiCall.tsx'
import { type Call, callsOf, type OpenApi } from './open-api.ts'
import './api.css'

/** The API as a page to read, drawn from the same description that programs take from /openapi.json. */
export function ApiPage() {
  const { t } = useTranslation()
  const query = useQuery({
    queryKey: ['openapi'],
    queryFn: async ({ signal }): Promise<OpenApi> => {
      const response = await fetch('/openapi.json', { signal })
      if (!response.ok) throw new Error(`openapi.json answered ${response.status}`)
      return response.json() as Promise<OpenApi>
    },
    staleTime: 600_000,
  })
  return (
    <>
      <PageHeader
        title={t('nav.api')}
        sub={t('apiPage.sub')}
        actions={
          <>
            <a href="/openapi.json" target="_blank" rel="noreferrer">
              <Button>openapi.json</Button>
            </a>
            <Link to="/profile">
              <Button type="primary">{t('apiPage.keys')}</Button>
            </Link>
          </>
        }
      />
      <Alert
        type="info"
        showIcon
        title={t('apiPage.auth')}
        description={<code className="w-mono">Authorization: Bearer wk_…</code>}
        style={{ marginBottom: 16 }}
      />
      <Loaded query={query}>{(api) => <Calls api={api} />}</Loaded>
    </>
  )
}

function Calls({ api }: { api: OpenApi }) {
  const { t } = useTranslation()
  const filters = useFilters(['q'])
  const q = (filters.values.q ?? '').toLowerCase()
  const groups = useMemo(() => {
    const matching = callsOf(api).filter(({ method, path, operation }) =>
      `${method} ${path} ${operation.summary}`.toLowerCase().includes(q),
    )
    return [...Map.groupBy(matching, ({ operation }) => operation.tags[0] ?? '')]
  }, [api, q])
  const server = api.servers[0]?.url ?? window.location.origin
  return (
    <>
      <FilterBar
        end={t('apiPage.count', { count: groups.reduce((sum, [, calls]) => sum + calls.length, 0) })}
      >
        <SearchInput
          placeholder={t('apiPage.search')}
          value={filters.values.q}
          onChange={(value) => filters.set('q', value)}
        />
      </FilterBar>
      {groups.length === 0 && <EmptyState title={t('common.noMatch')} hint={t('common.noMatchHint')} />}
      <div className="w-api">
        <nav className="w-api-tags">
          {groups.map(([tag, calls]) => (
            <a key={tag} href={`#${tag}`}>
              {tag} <span className="w-faint">{calls.length}</span>
            </a>
          ))}
        </nav>
        <div style={{ minWidth: 0 }}>
          {groups.map(([tag, calls]) => (
            <section key={tag} id={tag} className="w-api-group">
              <h2 className="w-section-title">{tag}</h2>
              <Collapse
                items={calls.map((call) => ({
                  key: `${call.method} ${call.path}`,
                  label: <Title call={call} />,
                  children: <ApiCall call={call} server={server} />,
                }))}
              />
            </section>
          ))}
        </div>
      </div>
    </>
  )
}

function Title({ call: { method, path, operation } }: { call: Call }) {
  return (
    <span className="w-api-title">
      <b className={`w-method w-method-${method.toLowerCase()}`}>{method}</b>
      <code className="w-mono">{path}</code>
      <span className="w-soft w-small">{operation.summary}</span>
    </span>
  )
}
