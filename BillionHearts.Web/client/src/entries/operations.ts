// The operators' pages: they work without it. It follows what changes.
import '../styles/sections.css'
import { follow } from '../live'

follow()
