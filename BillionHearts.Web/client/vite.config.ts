import { readdirSync } from 'node:fs'
import { defineConfig } from 'vite'

// Each file in src/entries is loaded by a page by its name: <ClientScript Name="photos" />.
const entries = readdirSync(new URL('src/entries', import.meta.url)).map(file => `src/entries/${file}`)

export default defineConfig({
  publicDir: 'public',
  build: {
    outDir: '../../artifacts/client',
    emptyOutDir: true,
    manifest: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
    rollupOptions: { input: entries },
  },
})
