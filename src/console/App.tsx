import { QueryClientProvider } from '@tanstack/react-query'
import { App as AntApp, ConfigProvider } from 'antd'
import enUS from 'antd/locale/en_US'
import zhCN from 'antd/locale/zh_CN'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { RouterProvider } from 'react-router'
import { queryClient } from './query-client.ts'
import { router } from './router.tsx'
import { antTheme } from './theme/ant-theme.ts'
import { ThemeProvider, useTheme } from './theme/ThemeProvider.tsx'

export function App() {
  return (
    <ThemeProvider>
      <Themed />
    </ThemeProvider>
  )
}

function Themed() {
  const { i18n } = useTranslation()
  const { appearance } = useTheme()
  const theme = useMemo(() => antTheme(appearance), [appearance])
  return (
    <ConfigProvider
      theme={theme}
      locale={i18n.language === 'en' ? enUS : zhCN}
      // a space pushed between two Chinese characters of a button makes labels ragged in dense tables
      button={{ autoInsertSpace: false }}
    >
      <AntApp message={{ maxCount: 3 }} notification={{ placement: 'topRight', maxCount: 3 }}>
        <QueryClientProvider client={queryClient}>
          <RouterProvider router={router} />
        </QueryClientProvider>
      </AntApp>
    </ConfigProvider>
  )
}
