// The account's pages: they work without it. It adds copying, and follows what changes.
import '../styles/sections.css'
import { addCopyButtons } from '../copy'
import { follow } from '../live'

addCopyButtons()
follow()
