import { createTheme } from '@mantine/core';

/**
 * Behaviour of the components; colours, fonts and sizes are CSS variables in theme.css. Mantine would otherwise write
 * them into a <style> element at run time, which the pages' Content-Security-Policy (style-src 'self') refuses.
 */
export const theme = createTheme({
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  defaultRadius: 'sm',
  components: {
    Checkbox: { defaultProps: { radius: 3 } },
    Button: { defaultProps: { fw: 500 } },
    // Locking the page's scroll is done by a <style> element; the pages do not scroll as a whole anyway.
    DrawerRoot: { defaultProps: { lockScroll: false } },
    ModalRoot: { defaultProps: { lockScroll: false } },
    Tooltip: { defaultProps: { openDelay: 350, withArrow: true, events: { hover: true, focus: true, touch: false } } },
  },
});
