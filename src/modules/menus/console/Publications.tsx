import { type TableColumnsType, Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { ApiError } from '../../../console/api.ts'
import { useFormat } from '../../../console/format.ts'
import { useCursorList } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { CursorTable } from '../../../console/ui/CursorTable.tsx'
import { useErrorText } from '../../../console/ui/error-text.ts'
import { EmptyState } from '../../../console/ui/states.tsx'
import { listMenuPublicationsEndpoint, type MenuPublication } from '../schema.ts'
import { Changes } from './Changes.tsx'

const COLOURS = { running: 'processing', done: 'success', failed: 'error' } as const

/** 发布记录: who published what, when, and how it ended. */
export function Publications() {
  const { t } = useTranslation()
  const format = useFormat()
  const describe = useErrorText()
  const accountId = useAccountId()
  const list = useCursorList(listMenuPublicationsEndpoint, { params: { accountId } }, { every: 5_000 })
  const why = (problem: NonNullable<MenuPublication['problem']>) => {
    const { title, advice } = describe(new ApiError(500, problem.reason, '', problem.detail))
    return advice === undefined ? title : `${title} ${advice}`
  }
  const columns: TableColumnsType<MenuPublication> = [
    { title: t('menus.publishedAt'), render: (_value, one) => format.instant(one.createdAt), width: 180 },
    {
      title: t('menus.publishedBy'),
      render: (_value, one) => one.createdBy ?? t('common.system'),
      width: 140,
    },
    {
      title: t('common.state'),
      render: (_value, { state, problem }) => (
        <div>
          <Tag color={COLOURS[state]}>{t(`menus.publication.${state}`)}</Tag>
          {problem !== null && <div className="w-soft w-small">{why(problem)}</div>}
        </div>
      ),
    },
    {
      title: t('menus.steps'),
      align: 'right',
      width: 120,
      render: (_value, one) => format.number(one.steps),
    },
  ]
  return (
    <CursorTable
      list={list}
      columns={columns}
      rowKey="id"
      expandable={{ expandedRowRender: ({ changes }) => <Changes changes={changes} /> }}
      empty={<EmptyState title={t('menus.noPublications')} />}
    />
  )
}
