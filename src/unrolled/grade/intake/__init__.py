"""Who handed in what: files, folders and archives, names of platforms, the roster."""
