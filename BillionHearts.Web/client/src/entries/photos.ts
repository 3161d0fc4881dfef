// The grid, the page "/".
import '../styles/photos.css'
import type { LibraryData } from '../grid/library'
import { startGrid } from '../grid/start'

const root = document.getElementById('grid')
const data = document.getElementById('library')

if (root && data) startGrid(root, JSON.parse(data.textContent!) as LibraryData)
