import { Table, Tag, Tooltip, Typography } from 'antd'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../../console/format.ts'
import { useEndpoint } from '../../../console/hooks.ts'
import { EmptyState, Loaded } from '../../../console/ui/states.tsx'
import { type LinkFigures, listLinkFiguresEndpoint } from '../schema.ts'

/** Tracked links of a send, of every version, with who tapped them. */
export function LinksTable({ accountId, sendId }: { accountId: string; sendId: string }) {
  const { t } = useTranslation()
  const query = useEndpoint(
    listLinkFiguresEndpoint,
    { params: { accountId, sendId } },
    { every: 10_000, keepPrevious: true },
  )
  return (
    <Loaded query={query} rows={3}>
      {({ items }) =>
        items.length === 0 ? (
          <EmptyState compact title={t('links.none')} hint={t('links.noneHint')} />
        ) : (
          <LinkRows items={items} />
        )
      }
    </Loaded>
  )
}

function LinkRows({ items }: { items: LinkFigures[] }) {
  const { t } = useTranslation()
  const format = useFormat()
  return (
    <Table<LinkFigures>
      size="small"
      rowKey={({ version, index }) => `${version}:${index}`}
      dataSource={items}
      pagination={{ pageSize: 20, hideOnSinglePage: true }}
      scroll={{ x: 640 }}
      columns={[
        {
          title: t('links.link'),
          render: (_, link) => (
            <>
              {link.label !== '' && <strong>{link.label} </strong>}
              {link.kind === 'mini-program' && <Tag>{t('links.miniProgram')}</Tag>}
              <Typography.Text ellipsis={{ tooltip: link.url }} style={{ maxWidth: 360 }}>
                {link.url}
              </Typography.Text>
            </>
          ),
        },
        { title: t('goals.version'), width: 80, render: (_, link) => `v${link.version}` },
        { title: t('links.people'), align: 'right', render: (_, link) => format.number(link.people) },
        { title: t('links.clicks'), align: 'right', render: (_, link) => format.number(link.clicks) },
        {
          title: <Tooltip title={t('links.uncountedHint')}>{t('links.uncounted')}</Tooltip>,
          align: 'right',
          render: (_, link) => format.number(link.uncounted),
        },
      ]}
    />
  )
}
