import { ExperimentOutlined } from '@ant-design/icons'
import { Collapse, Drawer } from 'antd'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSandboxClock } from '../../../console/clock.ts'
import { usePhoneTarget } from '../../../console/phone-store.ts'
import { ClockPanel } from './ClockPanel.tsx'
import { FaultsPanel } from './FaultsPanel.tsx'
import { LedgerPanel } from './LedgerPanel.tsx'
import { PhonePanel } from './PhonePanel.tsx'
import { ResetPanel } from './ResetPanel.tsx'
import { ShopPanel } from './ShopPanel.tsx'
import './sandbox.css'

/** The world outside, at the right edge: its clock, its faults, its phones. In a sandbox only. */
export function SandboxPanel() {
  const { t } = useTranslation()
  const [open, setOpen] = useState(false)
  const [section, setSection] = useState<string[]>(['clock'])
  const clock = useSandboxClock().data
  const target = usePhoneTarget()
  useEffect(() => {
    if (target === undefined) return
    setOpen(true)
    setSection(['phone'])
  }, [target])
  const moving = clock?.fastUntil != null
  return (
    <>
      <button
        type="button"
        className={`w-sandbox-handle${moving ? ' w-sandbox-moving' : ''}`}
        onClick={() => setOpen(true)}
        aria-label={t('sandbox.title')}
      >
        <ExperimentOutlined />
        <span>{t('sandbox.title')}</span>
      </button>
      <Drawer
        open={open}
        onClose={() => setOpen(false)}
        size={400}
        mask={false}
        title={t('sandbox.title')}
        styles={{ body: { padding: 0 } }}
        rootClassName="w-sandbox"
      >
        <Collapse
          ghost
          activeKey={section}
          onChange={(keys) => setSection([keys].flat())}
          items={[
            { key: 'clock', label: t('sandbox.clock'), children: <ClockPanel /> },
            { key: 'phone', label: t('sandbox.phone'), children: <PhonePanel target={target} /> },
            { key: 'shop', label: t('shop.title'), children: <ShopPanel /> },
            { key: 'ledger', label: t('sandbox.ledger'), children: <LedgerPanel /> },
            { key: 'faults', label: t('sandbox.faults'), children: <FaultsPanel /> },
            { key: 'reset', label: t('sandbox.reset'), children: <ResetPanel /> },
          ]}
        />
      </Drawer>
    </>
  )
}
