vuetifyThemes = { light: { dark: false, colors: { primary: '#1f5fe0' } }, dark: { dark: true, colors: { primary: '#6ea0ff' } } };
