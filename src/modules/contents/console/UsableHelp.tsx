import { CheckOutlined, CloseOutlined, QuestionCircleOutlined } from '@ant-design/icons'
import { Button, Popover } from 'antd'
import { useTranslation } from 'react-i18next'
import { type Material, PLACES, type Usable, usableIn } from '../rules/usable.ts'
import './usable.css'

const ROWS = {
  draft: { kind: 'draft', gone: false },
  published: { kind: 'published', gone: false },
  history: { kind: 'history', gone: false },
  image: { kind: 'image', gone: false },
  gif: { kind: 'image', gone: false, animated: true, gif: true },
  voice: { kind: 'voice', gone: false },
  video: { kind: 'video', gone: false },
} as const satisfies Record<string, Material>
const KINDS = ['draft', 'published', 'history', 'image', 'gif', 'voice', 'video'] as const

/** 什么能用在哪里, drawn from the rule that decides it. */
export function UsableHelp() {
  const { t } = useTranslation()
  return (
    <Popover trigger="click" placement="bottomLeft" title={t('usable.title')} content={<UsableTable />}>
      <Button type="link" size="small" icon={<QuestionCircleOutlined />} style={{ paddingInline: 0 }}>
        {t('usable.title')}
      </Button>
    </Popover>
  )
}

function UsableTable() {
  const { t } = useTranslation()
  return (
    <table className="w-usable">
      <thead>
        <tr>
          <th scope="col">{t('usable.material')}</th>
          {PLACES.map((place) => (
            <th scope="col" key={place}>
              {t(`usable.place.${place}`)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {KINDS.map((kind) => (
          <tr key={kind}>
            <th scope="row">{t(`usable.kind.${kind}`)}</th>
            {PLACES.map((place) => (
              <td key={place}>
                <Verdict usable={usableIn(ROWS[kind], place)} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Verdict({ usable }: { usable: Usable }) {
  const { t } = useTranslation()
  if (!usable.can)
    return (
      <>
        <CloseOutlined className="w-usable-no" aria-label={t('usable.no')} />
        <small>{t(`usable.reason.${usable.reason}`)}</small>
      </>
    )
  return (
    <>
      <CheckOutlined className="w-usable-yes" aria-label={t('usable.yes')} />
      {usable.but !== null && <small>{t(`usable.but.${usable.but}`)}</small>}
    </>
  )
}
