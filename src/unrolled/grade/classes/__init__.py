"""Many submissions: on this machine (`classroom`), or on a Dask `cluster`."""
