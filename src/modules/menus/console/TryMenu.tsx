import { Modal } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useEndpointMutation } from '../../../console/hooks.ts'
import { useAccountId } from '../../../console/session.ts'
import { EmptyState } from '../../../console/ui/states.tsx'
import { FanPicker } from '../../contacts/console/index.ts'
import { tryMenuEndpoint } from '../schema.ts'
import { useButtonWords, useMatchWords } from './words.ts'

const NONE: readonly string[] = []

/** 看看某位粉丝看到哪个菜单, by WeChat's own word. */
export function TryMenu({ open, onClose }: { open: boolean; onClose: () => void }) {
  const { t } = useTranslation()
  const accountId = useAccountId()
  const forWhom = useMatchWords()
  const say = useButtonWords()
  const [asked, setAsked] = useState(false)
  const ask = useEndpointMutation(tryMenuEndpoint, { onSuccess: () => setAsked(true) })
  const shown = ask.data
  const close = () => {
    setAsked(false)
    onClose()
  }
  return (
    <>
      <FanPicker
        open={open && !asked}
        chosen={NONE}
        onClose={onClose}
        onChoose={([fanId]) => fanId !== undefined && ask.mutate({ params: { accountId }, body: { fanId } })}
      />
      <Modal open={open && asked} title={t('menus.tryTitle')} footer={null} onCancel={close}>
        {shown !== undefined &&
          (shown.buttons.length === 0 ? (
            <EmptyState compact title={t('menus.tryNone')} />
          ) : (
            <>
              <p>
                <strong>{shown.match === null ? t('menus.defaultName') : forWhom(shown.match)}</strong>
              </p>
              <ul>
                {shown.buttons.map((button, index) => (
                  <li key={index}>{t('menus.named', { name: button.name, what: say(button) })}</li>
                ))}
              </ul>
              <p className="w-faint w-small">{t('menus.tryHint')}</p>
            </>
          ))}
      </Modal>
    </>
  )
}
