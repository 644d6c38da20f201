import { QueryClient } from '@tanstack/react-query'
import { ApiError } from './api.ts'

/** Server state of the whole console. A refusal is an answer, so only a failure to answer is tried again. */
export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 5_000,
      retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.status < 500),
    },
    mutations: { retry: false },
  },
})
