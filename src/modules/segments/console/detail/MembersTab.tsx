import { Button } from 'antd'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { useFormat } from '../../../../console/format.ts'
import { useCursorList } from '../../../../console/hooks.ts'
import { CursorTable } from '../../../../console/ui/CursorTable.tsx'
import { StateTag } from '../../../../console/ui/StateTag.tsx'
import { EmptyState } from '../../../../console/ui/states.tsx'
import type { Rule } from '../../schema/rule.ts'
import { listMembersEndpoint, type Segment, type SegmentMember } from '../../schema/segment.ts'
import { type Chosen, WhyPanel } from '../estimate/WhyPanel.tsx'
import { useCatalogue } from '../names/use-catalogue.ts'

/** Who is in it, and for anybody looked up why they are or aren't. */
export function MembersTab({ segment, tools }: { segment: Segment; tools?: ReactNode }) {
  const { t } = useTranslation()
  const format = useFormat()
  const navigate = useNavigate()
  const [chosen, setChosen] = useState<Chosen | undefined>()
  const list = useCursorList(listMembersEndpoint, { params: { segmentId: segment.id } })
  const { names } = useCatalogue({ rule: questionOf(segment), accountId: segment.accountId ?? undefined })
  const asOf = list.firstPage?.asOf
  return (
    <div className="w-segment-edit">
      <div>
        <div className="w-row" style={{ justifyContent: 'space-between', marginBottom: 12 }}>
          <span className="w-soft">{asOf && t('segments.membersAsOf', { at: format.instant(asOf) })}</span>
          {tools}
        </div>
        <CursorTable<SegmentMember>
          list={list}
          rowKey="contactId"
          onOpen={(row) => void navigate(`/customers/${row.contactId}`)}
          empty={<EmptyState title={t('segments.noMembers')} hint={t('segments.noMembersHint')} />}
          columns={[
            {
              title: t('common.name'),
              render: (_, row) => row.name ?? t('segments.personNumbered', { id: row.contactId }),
            },
            { title: 'OpenID', render: (_, row) => <span className="w-mono">{row.openid ?? '—'}</span> },
            {
              title: t('fans.following'),
              width: 110,
              render: (_, row) => (
                <StateTag tone={row.following ? 'good' : 'idle'}>
                  {t(row.following ? 'fans.isFollowing' : 'fans.notFollowing')}
                </StateTag>
              ),
            },
            {
              title: '',
              width: 110,
              render: (_, row) => (
                <Button
                  size="small"
                  type="link"
                  onClick={(event) => {
                    event.stopPropagation()
                    setChosen(row)
                  }}
                >
                  {t('segments.whyIn')}
                </Button>
              ),
            },
          ]}
        />
      </div>
      <aside className="w-segment-side">
        <WhyPanel rule={questionOf(segment)} names={names} ready chosen={chosen} onChoose={setChosen} />
      </aside>
    </div>
  )
}

/** The rule asked about one person: the segment's own as it stands, or, without one, whether they are listed. */
const questionOf = (segment: Segment): Rule => segment.rule ?? { kind: 'segment', segmentId: segment.id }
